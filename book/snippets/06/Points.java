public class Points {
    public static void main(String[] arguments) {
        int size = 20; // bytes in the block
        int count = 0x40000001; // restart points of 4 bytes, says the block
        int needed = 4 * count;
        if (needed <= size - 4) {
            System.out.println(count + " restart points take " + needed + " bytes");
            System.out.println("the entries end at byte " + (size - 4 - needed));
        }
    }
}
