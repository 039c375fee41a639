import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class Receipts {
    public static void main(String[] args) {
        ByteBuffer file = ByteBuffer.wrap(new byte[] {42, 0, 0, 0});
        System.out.println(file.getInt(0));  // Java's default is big-endian
        System.out.println(file.order(ByteOrder.LITTLE_ENDIAN).getInt(0));
    }
}
