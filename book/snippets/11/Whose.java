import java.io.IOException;

class Whose {
    interface Numbers<E extends Exception> {
        long next() throws E;
    }

    // Whatever error the caller's numbers have, this has too.
    static <E extends Exception> long job(Numbers<E> numbers) throws E {
        return numbers.next() + numbers.next();
    }

    public static void main(String[] arguments) {
        long[] last = {6};
        System.out.println(job(() -> ++last[0])); // no error possible, none to catch
        try {
            job(() -> { throw new IOException("the disk is full"); });
        } catch (IOException error) {
            System.out.println(error.getMessage());
        }
    }
}
