import java.util.concurrent.locks.ReentrantReadWriteLock;

public class Frozen {
    static final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    static boolean frozen = false; // protected by the lock, says this comment

    static boolean mayWrite() {
        lock.readLock().lock();
        try {
            return !frozen;
        } finally {
            lock.readLock().unlock();
        }
    }

    public static void main(String[] arguments) {
        boolean may = mayWrite();
        frozen = true; // another thread, and it has even forgotten to lock
        if (may) System.out.println("wrote into a frozen table");
    }
}
