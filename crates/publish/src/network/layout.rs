//! Three columns side by side, ordered so that lines are short and cross little.

/// Rounds in which every column follows its neighbours; more were seen to change nothing.
const ROUNDS: usize = 24;

/// Where the nodes of some columns stand: for each node the distance of its middle from the top, the least of all being
/// 0. `columns` holds the column of each node, `joined` pairs of nodes; nodes of one column are at least `gap` apart.
///
/// Every node wishes to stand at the mean of its neighbours (Sugiyama et al. 1981, "Methods for visual understanding of
/// hierarchical system structures"); those of one column are put in the order of their wishes, and pushed apart.
pub(super) fn heights(columns: &[usize], joined: &[(usize, usize)], gap: f64) -> Vec<f64> {
    let last = columns.iter().max().map_or(0, |c| c + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); last];
    for (node, column) in columns.iter().enumerate() {
        if let Some(column) = members.get_mut(*column) {
            column.push(node);
        }
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); columns.len()];
    for (a, b) in joined {
        for (here, there) in [(*a, *b), (*b, *a)] {
            if let (Some(list), true) = (neighbours.get_mut(here), there < columns.len()) {
                list.push(there);
            }
        }
    }
    let mut at = vec![0.0; columns.len()];
    for column in &members {
        column.iter().enumerate().for_each(|(place, node)| set(&mut at, *node, place as f64 * gap));
    }
    let mut order: Vec<usize> = (0..last).collect();
    for _ in 0..ROUNDS {
        for column in &order {
            if let Some(members) = members.get(*column) {
                place(members, &neighbours, &mut at, gap);
            }
        }
        order.reverse();
    }
    let top = at.iter().copied().fold(f64::INFINITY, f64::min);
    at.iter().map(|y| if top.is_finite() { y - top } else { 0.0 }).collect()
}

/// Puts one column where its neighbours want it.
fn place(members: &[usize], neighbours: &[Vec<usize>], at: &mut [f64], gap: f64) {
    let wish = |node: usize, at: &[f64]| -> f64 {
        let near: Vec<f64> =
            neighbours.get(node).into_iter().flatten().filter_map(|other| at.get(*other).copied()).collect();
        let own = at.get(node).copied().unwrap_or_default();
        if near.is_empty() { own } else { near.iter().sum::<f64>() / near.len() as f64 }
    };
    let mut wishes: Vec<(f64, usize)> = members.iter().map(|node| (wish(*node, at), *node)).collect();
    wishes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // Runs that stand shoulder to shoulder share the mean of their wishes (Dwyer et al. 2006, separation constraints on
    // a line: neighbouring blocks are merged until none overlaps).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wished, _) in &wishes {
        let mut block = (*wished, 1_usize);
        while let Some((middle, count)) = blocks.last().copied() {
            let (own, before) = (block.1 as f64, count as f64);
            if block.0 - (own - 1.0) / 2.0 * gap >= middle + (before - 1.0) / 2.0 * gap + gap {
                break;
            }
            blocks.pop();
            block = ((block.0 * own + middle * before) / (own + before), block.1 + count);
        }
        blocks.push(block);
    }
    let places = blocks.iter().flat_map(|(middle, count)| {
        let first = middle - (*count as f64 - 1.0) / 2.0 * gap;
        (0..*count).map(move |n| first + n as f64 * gap)
    });
    for ((_, node), y) in wishes.iter().zip(places) {
        set(at, *node, y);
    }
}

fn set(at: &mut [f64], node: usize, y: f64) {
    if let Some(place) = at.get_mut(node) {
        *place = y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_joined_stands_side_by_side() {
        // Two pairs that were given crosswise.
        let at = heights(&[0, 0, 1, 1], &[(0, 3), (1, 2)], 10.0);
        assert!((at[0] - at[3]).abs() < 1e-6 && (at[1] - at[2]).abs() < 1e-6, "{at:?}");
        assert_eq!(heights(&[], &[], 10.0), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn nobody_stands_on_anybody(
            columns in prop::collection::vec(0usize..3, 0..40), joined in prop::collection::vec((0usize..45, 0usize..45), 0..80),
        ) {
            let at = heights(&columns, &joined, 10.0);
            for (i, y) in at.iter().enumerate() {
                prop_assert!(y.is_finite() && *y >= 0.0);
                for (j, other) in at.iter().enumerate().filter(|(j, _)| *j != i && columns[*j] == columns[i]) {
                    prop_assert!((y - other).abs() > 9.999, "{} {}", i, j);
                }
            }
        }
    }
}
