import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

class Lent {
    /** Reads one row after the other into the same buffer, which saves an object a row. */
    static class Cursor {
        private final Iterator<String> rows = List.of("apple", "fig", "kiwi").iterator();
        private final StringBuilder row = new StringBuilder();

        StringBuilder next() {
            row.setLength(0);
            return row.append(rows.next());
        }
    }

    public static void main(String[] arguments) {
        Cursor cursor = new Cursor();
        List<StringBuilder> seen = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            seen.add(cursor.next());
        }
        System.out.println(seen);
    }
}
