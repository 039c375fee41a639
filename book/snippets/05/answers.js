// Bob was deleted, and dee's balance is empty.
const newest = new Map([["bob", undefined], ["dee", ""]]);
const older = new Map([["bob", "10"], ["dee", "35"]]);

const or = (key) => newest.get(key) || older.get(key);
const coalesce = (key) => newest.get(key) ?? older.get(key);
console.log("bob:", or("bob"), "dee:", or("dee"));
console.log("bob:", coalesce("bob"), "dee:", JSON.stringify(coalesce("dee")));
