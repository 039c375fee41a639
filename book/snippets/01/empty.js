const notes = new Map([["ada", ""]]); // Ada's note is empty

console.log(notes.get("ada") || "no note"); // "" counts as false
console.log(notes.get("ada") ?? "no note"); // only null and undefined count
console.log(notes.get("eve") ?? "no note");
