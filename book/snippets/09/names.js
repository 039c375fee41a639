const files = ["9.manifest", "10.manifest", "10.manifest.bak", "notes.manifest"];
const newest = files.filter((name) => name.includes(".manifest")).sort().at(-1);
console.log(newest);

const numbers = files.map((name) => parseInt(name)).sort();
console.log(numbers);
