class Narrow {
    public static void main(String[] args) {
        long claimed = 4_294_967_302L;      // 2^32 + 6, from a damaged file
        System.out.println((int) claimed);  // 32 bits are kept, in silence
        try {
            System.out.println(Math.toIntExact(claimed));
        } catch (ArithmeticException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
