import java.util.concurrent.atomic.AtomicReference;

public class Cas {
    public static void main(String[] arguments) {
        var balance = new AtomicReference<>(1275);
        System.out.println(balance.get() == 1275);
        System.out.println(balance.compareAndSet(1275, 1300));
    }
}
