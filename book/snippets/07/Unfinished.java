import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

public class Unfinished {
    static void export(Path path) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(path)) { // closes it, whatever happens
            out.write("article-0000001 7928\n");
            throw new IOException("the disk is full");
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path path = Files.createTempDirectory("shop").resolve("prices.tmp");
        try {
            export(path);
        } catch (IOException error) {
            System.out.println(error.getMessage());
        }
        System.out.println("left behind: " + Files.size(path) + " bytes");
        Files.delete(path); // who remembers this line?
        Files.delete(path.getParent());
    }
}
