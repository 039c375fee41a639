const claimed = 4294967302; // 2^32 + 6, from a damaged file
console.log(claimed | 0); // 32 bits are kept, in silence

const large = 9007199254740993n; // 2^53 + 1, a file number of 64 bits
console.log(Number(large)); // no longer the same number
