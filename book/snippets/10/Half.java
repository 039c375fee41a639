// A transfer fails half-way. The lock is free again, and nobody is told.
public class Half {
    static int[] balances = {100, 100};

    static synchronized void transfer(int amount, String note) {
        balances[0] -= amount;
        System.out.println(note.length() + " letters");
        balances[1] += amount;
    }

    static synchronized int total() {
        return balances[0] + balances[1];
    }

    public static void main(String[] arguments) throws InterruptedException {
        Thread till = new Thread(() -> transfer(30, null));
        till.setUncaughtExceptionHandler((thread, error) -> System.out.println("the till has died"));
        till.start();
        till.join();
        System.out.println("the lock is free, and the total is " + total());
    }
}
