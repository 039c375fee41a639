//! The static text of the towers: the nodes, each operation's steps, each interleaving.

use serde::Deserialize;

use super::{expect, steps, table};
use crate::error::Result;

/// A trace of a skip list. A link is the index of a node, or -1.
#[derive(Debug, Deserialize)]
pub(super) struct Towers {
    head: Vec<i64>,
    nodes: Vec<Node>,
    operations: Vec<Operation>,
    interleavings: Vec<Interleaving>,
}

#[derive(Debug, Deserialize)]
struct Node {
    key: String,
    timestamp: u64,
    height: usize,
    links: Vec<i64>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    label: String,
    kind: OperationKind,
    target: String,
    found: i64,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum OperationKind {
    Search,
    Insert,
}

#[derive(Debug, Deserialize)]
struct Step {
    level: usize,
    from: i64,
    node: i64,
    by: By,
    #[serde(rename = "move")]
    turn: Turn,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    Prefix,
    Key,
    Known,
    End,
    Cas,
    Lost,
    Store,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Turn {
    Right,
    Down,
    Stop,
    Link,
}

#[derive(Debug, Deserialize)]
struct Interleaving {
    title: String,
    good: bool,
    threads: Vec<String>,
    outcome: String,
    steps: Vec<Turned>,
}

/// A step of one of several threads.
#[derive(Debug, Deserialize)]
struct Turned {
    thread: usize,
    #[serde(rename = "act")]
    _act: Act,
    text: String,
    list: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Act {
    Read,
    Write,
    Cas,
    Lost,
    Free,
}

impl Towers {
    pub(super) fn fallback(&self) -> Result<String> {
        self.check()?;
        let rows = self.nodes.iter().map(|node| {
            let links: Vec<String> = node.links.iter().map(|&link| self.name(link)).collect();
            [
                format!("{} @{}", node.key, node.timestamp),
                node.height.to_string(),
                links.join(", "),
            ]
        });
        let mut out = table(["node", "height", "links, from level 0 up"], rows);
        for operation in &self.operations {
            let end = match (operation.kind, operation.found) {
                (_, ..0) => format!("Nothing is found for {}.", operation.target),
                (OperationKind::Insert, found) => format!("{} is in the list.", self.name(found)),
                (OperationKind::Search, found) => format!("It ends at {}.", self.name(found)),
            };
            let taken = operation.steps.iter().map(|step| self.words(step));
            out += &steps(&operation.label, taken.chain([end]));
        }
        for Interleaving {
            title,
            good,
            threads,
            outcome,
            steps: turns,
        } in &self.interleavings
        {
            let taken = turns.iter().map(|turn| {
                let list = turn.list.as_ref().map_or(String::new(), |list| {
                    format!(" (a walk from the head sees: {})", list.join(", "))
                });
                format!("{}: {}{list}", threads[turn.thread], turn.text)
            });
            let end = format!("{}: {outcome}", if *good { "Right" } else { "Wrong" });
            out += &steps(title, taken.chain([end]));
        }
        Ok(out)
    }

    /// Links lead forward to nodes that are there, and so do steps.
    fn check(&self) -> Result<()> {
        let count = i64::try_from(self.nodes.len()).unwrap_or(i64::MAX);
        let inside = |link: i64| (-1..count).contains(&link);
        for (node, at) in self.nodes.iter().zip(0..) {
            let forward = |&link: &i64| inside(link) && (link < 0 || link > at);
            expect(
                node.links.len() == node.height && node.links.iter().all(forward),
                || format!("the links of node {at} do not fit its height and place"),
            )?;
            expect(node.height <= self.head.len(), || {
                format!("node {at} is higher than the head")
            })?;
        }
        expect(self.head.iter().all(|&link| inside(link)), || {
            "a link of the head leads nowhere".into()
        })?;
        for Operation {
            label,
            found,
            steps,
            ..
        } in &self.operations
        {
            let fits = |step: &Step| {
                inside(step.from) && inside(step.node) && step.level < self.head.len()
            };
            expect(inside(*found) && steps.iter().all(fits), || {
                format!("`{label}` names a node or a level that is not there")
            })?;
        }
        for Interleaving {
            title,
            threads,
            steps,
            ..
        } in &self.interleavings
        {
            expect(steps.iter().all(|turn| turn.thread < threads.len()), || {
                format!("`{title}` names a thread that is not there")
            })?;
        }
        Ok(())
    }

    /// A node's version, or `end`.
    fn name(&self, node: i64) -> String {
        match usize::try_from(node).ok().and_then(|at| self.nodes.get(at)) {
            Some(node) => format!("{} @{}", node.key, node.timestamp),
            None => "end".into(),
        }
    }

    fn words(&self, step: &Step) -> String {
        let Step {
            level,
            from,
            node,
            by,
            turn,
            text,
        } = step;
        if let Some(text) = text {
            return format!("level {level}: {text}");
        }
        let from = match from {
            ..0 => "the head".into(),
            from => self.name(*from),
        };
        let node = self.name(*node);
        let turn = match turn {
            Turn::Right => ": right",
            Turn::Down => ": down",
            Turn::Stop => ": stop",
            Turn::Link => "",
        };
        match by {
            By::End => format!("level {level}: nothing follows {from}{turn}"),
            By::Prefix => format!("level {level}: the prefix beside the link to {node}{turn}"),
            By::Key => format!("level {level}: the whole key of {node}{turn}"),
            By::Known => format!("level {level}: {node} again{turn}"),
            By::Cas => format!("level {level}: {from} now links to {node}, by compare-and-swap"),
            By::Lost => format!("level {level}: the compare-and-swap at {from} fails"),
            By::Store => format!("level {level}: {from} now links to {node}, by a store"),
        }
    }
}
