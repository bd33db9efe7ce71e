using System.Globalization;
using System.Text;
using DagmmStream.Bench.Kernels;

namespace DagmmStream.Bench.Peers;

/// <summary>One thing measured several ways, in turns; ratios are taken within a turn.</summary>
/// <param name="what">The case.</param>
internal sealed class Contest(string what)
{
    private readonly List<(string Name, Func<double> Measure, List<double> Times)> _peers = [];

    /// <summary>Adds a way; the first is the one that the others are compared with.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="measure">Microseconds of the thread's CPU time per unit.</param>
    public void Add(string name, Func<double> measure) => _peers.Add((name, measure, []));

    /// <summary>Measures an action of this process.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="action">The action.</param>
    /// <param name="calls">Calls per measurement.</param>
    /// <param name="units">Units per call.</param>
    public void Add(string name, Action action, int calls, int units = 1) => Add(name, () =>
    {
        for (var i = 0; i < Math.Max(2, calls / 4); i++) action();
        var start = Timing.ThreadMicroseconds();
        for (var i = 0; i < calls; i++) action();
        return (Timing.ThreadMicroseconds() - start) / calls / units;
    });

    /// <summary>One turn.</summary>
    public void Turn()
    {
        foreach (var (_, measure, times) in _peers) times.Add(measure());
    }

    /// <summary>Median of the first way in microseconds.</summary>
    public double Median => Middle(_peers[0].Times);

    /// <summary>A row per peer: median times, and the ratio's smallest, median and largest value.</summary>
    public void Write(StringBuilder text)
    {
        var (name, _, own) = _peers[0];
        text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {name} | {Middle(own):G3} | | | |");
        foreach (var (peer, _, times) in _peers.Skip(1))
        {
            var ratios = times.Zip(own, (theirs, ours) => theirs / ours).Order().ToList();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| | {peer} | {Middle(times):G3} | {ratios[0]:F1} | **{Middle(ratios):F1}** | {ratios[^1]:F1} |");
        }
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
