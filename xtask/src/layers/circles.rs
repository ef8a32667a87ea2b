//! The circles in a graph of imports.

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

/// Returns the sets of files that import each other. An edge leads from a file to one that it imports.
pub(super) fn circles<'a>(edges: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut graph = DiGraphMap::<&str, ()>::new();
    for (file, target) in edges.into_iter().filter(|(file, target)| file != target) {
        graph.add_edge(file, target, ());
    }
    let circles = tarjan_scc(&graph).into_iter().filter(|files| files.len() > 1);
    let sorted = circles.map(|mut files| {
        files.sort_unstable();
        files.join(", ")
    });
    sorted.collect()
}
