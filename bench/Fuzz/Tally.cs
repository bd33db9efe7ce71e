using System.Globalization;

namespace DagmmStream.Bench.Fuzz;

/// <summary>Counts outcomes.</summary>
internal sealed class Tally
{
    private long _inputs;
    private long _bytes;
    private long _events;
    private long _rejections;
    private long _refused;
    private TimeSpan _slowest;

    public void Add(DecodeResult outcome, int bytes, TimeSpan time)
    {
        _inputs++;
        _bytes += bytes;
        if (outcome.Events > 0) _events++;
        if (outcome.Rejections > 0) _rejections++;
        if (outcome.IsRefused) _refused++;

        // The first inputs meet a runtime that still compiles.
        if (_inputs > 1000 && time > _slowest) _slowest = time;
    }

    public string Row(string name) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {_inputs:N0} | {(double)_bytes / _inputs:F0} | {_events:N0} | {_rejections:N0} | {_refused:N0} "
        + $"| {_slowest.TotalMilliseconds:F1} |");
}
