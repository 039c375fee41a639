import java.io.File;

public class Ignored {
    public static void main(String[] arguments) {
        File log = new File("/no/such/directory/0000000001.wal");
        log.setReadOnly(); // returns false when it fails, and nobody looks
        log.delete(); // the same
        System.out.println("done");
    }
}
