let current = { tables: [3, 4, 5] };
const reader = current; // a scan that has begun
current.tables.push(6); // a flush
console.log("the scan now reads", reader.tables);

current = { tables: [...current.tables, 7] }; // another flush, done right
console.log("the scan still reads", reader.tables);
