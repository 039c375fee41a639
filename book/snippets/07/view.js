const block = Buffer.alloc(4_000_000, "x"); // a large block, read from a file
const value = block.subarray(100, 110); // ten bytes of it, nothing copied
console.log(value.toString(), "keeps", value.buffer.byteLength, "bytes in memory");

block.fill("y"); // the buffer is used again
console.log(value.toString());
