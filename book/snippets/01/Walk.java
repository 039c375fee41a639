import java.util.*;

class Walk {
    public static void main(String[] args) {
        Map<String, Integer> sessions = new TreeMap<>(
            Map.of("ada/phone", 1, "ada/laptop", 2, "grace/phone", 3));
        try {
            for (String key : sessions.keySet()) {
                if (key.startsWith("ada/")) sessions.remove(key);
            }
        } catch (ConcurrentModificationException error) {
            System.out.println("found out while running: " + error);
        }
    }
}
