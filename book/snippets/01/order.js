const names = ["\u{1F600}", "\uFF21", "z"]; // a smiley, a wide A, a plain z
const bytes = (name) => Buffer.from(name, "utf8");

names.sort(); // by the 16-bit units of which JavaScript's strings are made
console.log(names.map((name) => bytes(name).toString("hex")).join("  "));

names.sort((a, b) => Buffer.compare(bytes(a), bytes(b))); // by bytes
console.log(names.map((name) => bytes(name).toString("hex")).join("  "));
