namespace DagmmStream.Cli.Experiments;

/// <summary>How well two clusterings agree, and which components belong together.</summary>
internal static class ClusterAgreement
{
    /// <summary>Adjusted Rand index (Hubert and Arabie 1985): 1 for equal clusterings, 0 expected by chance.</summary>
    public static double AdjustedRand(int[] left, int[] right)
    {
        static double Pairs(double n) => n * (n - 1) / 2;
        var cells = Counts(left.Zip(right)).Sum(Pairs);
        var (a, b) = (Counts(left).Sum(Pairs), Counts(right).Sum(Pairs));
        var (expected, largest) = (a * b / Pairs(left.Length), (a + b) / 2);
        return largest.Equals(expected) ? 1 : (cells - expected) / (largest - expected);
    }

    /// <summary>Normalised mutual information, by the arithmetic mean of the entropies; 1 when both are one cluster.</summary>
    public static double MutualInformation(int[] left, int[] right)
    {
        double Entropy(IEnumerable<double> counts) => counts.Sum(count => -count / left.Length * Math.Log(count / left.Length));
        var (a, b) = (Entropy(Counts(left)), Entropy(Counts(right)));
        return a + b == 0 ? 1 : 2 * (a + b - Entropy(Counts(left.Zip(right)))) / (a + b);
    }

    /// <summary>The assignment of rows to columns with the least total cost (Hungarian method, Kuhn 1955, with potentials).</summary>
    /// <param name="cost">Costs [rows, columns].</param>
    /// <returns>Column of each row, or -1 for rows that are left over when there are more rows than columns.</returns>
    public static int[] Match(double[,] cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        var (rows, columns) = (cost.GetLength(0), cost.GetLength(1));
        if (rows <= columns) return MatchWide(rows, columns, (i, j) => cost[i, j]);
        var result = Enumerable.Repeat(-1, rows).ToArray();
        var rowOfColumn = MatchWide(columns, rows, (i, j) => cost[j, i]);
        for (var column = 0; column < columns; column++) result[rowOfColumn[column]] = column;
        return result;
    }

    private static int[] MatchWide(int rows, int columns, Func<int, int, double> cost)
    {
        // Index 0 of columns is a virtual start; owner[j] is the row of column j, from 1.
        var (rowPotential, columnPotential) = (new double[rows + 1], new double[columns + 1]);
        var (owner, previous) = (new int[columns + 1], new int[columns + 1]);
        for (var row = 1; row <= rows; row++)
        {
            owner[0] = row;
            var (slack, used, column) = (Enumerable.Repeat(double.PositiveInfinity, columns + 1).ToArray(), new bool[columns + 1], 0);
            do
            {
                used[column] = true;
                var (at, delta, next) = (owner[column], double.PositiveInfinity, 0);
                for (var j = 1; j <= columns; j++)
                {
                    if (used[j]) continue;
                    var reduced = cost(at - 1, j - 1) - rowPotential[at] - columnPotential[j];
                    if (reduced < slack[j]) (slack[j], previous[j]) = (reduced, column);
                    if (slack[j] < delta) (delta, next) = (slack[j], j);
                }

                for (var j = 0; j <= columns; j++)
                {
                    if (used[j])
                    {
                        rowPotential[owner[j]] += delta;
                        columnPotential[j] -= delta;
                    }
                    else
                    {
                        slack[j] -= delta;
                    }
                }

                column = next;
            }
            while (owner[column] != 0);

            for (; column != 0; column = previous[column]) owner[column] = owner[previous[column]];
        }

        var result = new int[rows];
        for (var j = 1; j <= columns; j++)
            if (owner[j] > 0) result[owner[j] - 1] = j - 1;
        return result;
    }

    private static IEnumerable<double> Counts<T>(IEnumerable<T> values)
        where T : notnull => values.CountBy(value => value).Select(pair => (double)pair.Value);
}
