const block = Buffer.alloc(4096);
block.write("apple=red", 100);

const value = block.subarray(106, 109); // a look into the block, no copy
console.log(`"${value}" has ${value.length} bytes`);
console.log(`and keeps ${value.buffer.byteLength} alive`);
