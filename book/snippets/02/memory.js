const { Buffer } = require("node:buffer");

const cleared = Buffer.alloc(4); // four zeros
console.log(cleared.toString("hex"));

const old = Buffer.allocUnsafe(4); // whatever lay there before
console.log(old.length, old.fill(1).toString("hex"));
