namespace DagmmStream.Grains.Inputs;

/// <summary>
/// Turns events into the rows that the model sees, and remembers what that takes: means, last values, categories, counters, lags. A
/// function of the events in offset order alone, never of a clock or of batches, so that admission, training and every replay see the
/// same rows.
/// </summary>
internal sealed partial class InputEncoder
{
    /// <summary>So many late events in a row mean that the newest time was wrong: time goes back to them.</summary>
    public const int LateEscape = 256;

    // The weight of a new value in a running mean never falls below one in so many: it follows drift.
    private const long MeanMemory = 4096;
    private const double MicrosecondsPerSecond = 1e6;
    private const long NoTime = long.MinValue;
    private readonly InputColumns _columns;
    private readonly CategoryTable?[] _categories;
    private readonly double[] _means;
    private readonly float[] _last;
    private readonly long[] _counts;
    private readonly double[] _counters;
    private readonly long[] _counterTimes;
    private readonly float[] _lags;
    private readonly bool[] _isMissing;
    private readonly string?[] _names;
    private long _lastTime = NoTime;
    private long _newestTime = NoTime;
    private int _lateRun;

    public InputEncoder(InputColumns columns)
    {
        _columns = columns;
        var features = columns.Values.Length;
        _categories = [.. columns.Values.Select(feature =>
            feature.Type.Kind == FeatureKind.Categorical ? new CategoryTable(feature.Type, !columns.IsShared) : null)];
        (_means, _last, _counts) = (new double[columns.Calendar], new float[columns.Calendar], new long[features]);
        (_counters, _counterTimes) = (new double[features], new long[features]);
        Array.Fill(_counterTimes, NoTime);
        _lags = new float[Math.Max(columns.Inputs.Lags, 1) * columns.LaggedWidth];
        (_isMissing, _names) = (new bool[features], new string?[features]);
    }

    /// <summary>Features of an event.</summary>
    public int Features => _columns.Values.Length;

    /// <summary>What was met so far.</summary>
    public InputTallies Tallies { get; private set; }

    /// <summary>The name that a column of a categorical feature stands for; null for a free or a shared one.</summary>
    public string? NameOf(int feature, int column) => _categories[feature]?.NameOf(column);

    /// <summary>Encodes one event.</summary>
    /// <param name="raw">Its values [features], validated; NaN for a missing one, an index into the names for a category.</param>
    /// <param name="names">Names that categories are indices of.</param>
    /// <param name="time">Event time, microseconds since 1970-01-01 UTC.</param>
    /// <param name="row">Receives the model's input.</param>
    /// <param name="isProbe">True to leave the state as it is.</param>
    /// <returns>What is to be known about it.</returns>
    public EventFlags Encode(ReadOnlySpan<float> raw, string[]? names, long time, Span<float> row, bool isProbe = false)
    {
        row.Clear();
        var flags = IsLate(time, isProbe) ? EventFlags.Late : EventFlags.None;
        for (var f = 0; f < raw.Length; f++)
        {
            _isMissing[f] = float.IsNaN(raw[f]);
            _names[f] = null;
            var columns = row.Slice(_columns.Values[f].Start, _columns.Values[f].Width);
            if (_isMissing[f]) flags |= Impute(f, columns);
            else flags |= EncodeValue(f, raw[f], names, time, columns);
        }

        Cycles(time, row);
        if (_columns.HasHistory && Lag(time, row)) flags |= EventFlags.Restarted;
        if (!isProbe) Remember(raw, time, row, flags);
        return flags;
    }

    private EventFlags EncodeValue(int f, float value, string[]? names, long time, Span<float> columns)
    {
        var type = _columns.Values[f].Type;
        switch (type.Kind)
        {
            case FeatureKind.Categorical:
                _names[f] = names![(int)value];
                var (column, isSeen) = _categories[f]!.Find(_names[f]!);
                columns[column] = 1;
                return isSeen ? EventFlags.None : EventFlags.UnseenCategory;
            case FeatureKind.Cyclic:
                var (sine, cosine) = Math.SinCos(2 * Math.PI * (value / type.Period));
                (columns[0], columns[1]) = ((float)sine, (float)cosine);
                return EventFlags.None;
            case FeatureKind.Counter:
                columns[0] = Rate(f, value, time);
                return EventFlags.None;
            default:
                columns[0] = value;
                return EventFlags.None;
        }
    }

    private EventFlags Impute(int f, Span<float> columns)
    {
        var start = _columns.Values[f].Start;
        var useLast = _columns.Values[f].Type.Missing == MissingPolicy.Last;
        for (var i = 0; i < columns.Length; i++) columns[i] = useLast ? _last[start + i] : (float)_means[start + i];
        return EventFlags.Imputed;
    }

    /// <summary>Growth per second since the counter's value before; after a reset all of its value has grown. Without a time between the
    /// two there is no rate: the last one goes on.</summary>
    private float Rate(int f, float value, long time)
    {
        if (_counterTimes[f] == NoTime || time <= _counterTimes[f]) return _last[_columns.Values[f].Start];
        var growth = value >= _counters[f] ? value - _counters[f] : value;
        return (float)Math.Clamp(growth / ((time - _counterTimes[f]) / MicrosecondsPerSecond), -float.MaxValue, float.MaxValue);
    }

    private void Cycles(long time, Span<float> row)
    {
        const double Day = 86_400 * MicrosecondsPerSecond;
        for (var c = _columns.Values.Length; c < _columns.All.Length; c++)
        {
            var (start, period) = (_columns.All[c].Start, _columns.All[c].Type.Period);
            // 1970-01-01 was a Thursday, day 4 of a week that begins on Sunday.
            var turn = period > 7 ? time / Day : ((time / Day) + 4) / period;
            var (sine, cosine) = Math.SinCos(2 * Math.PI * (turn - Math.Floor(turn)));
            (row[start], row[start + 1]) = ((float)sine, (float)cosine);
        }
    }

    /// <summary>Fills lags and differences; true if they begin again.</summary>
    private bool Lag(long time, Span<float> row)
    {
        var width = _columns.LaggedWidth;
        var gap = _columns.Inputs.GapThreshold is { } threshold ? threshold.Ticks / TimeSpan.TicksPerMicrosecond : long.MaxValue;
        var isRestart = _lastTime == NoTime || (time > _lastTime && time - _lastTime > gap);
        var lagged = row[_columns.LagStart..];
        foreach (var feature in _columns.Values)
        {
            if (feature.Lagged < 0) continue;
            var value = row[feature.Start];
            for (var k = 0; k < _columns.Inputs.Lags; k++)
                lagged[(k * width) + feature.Lagged] = isRestart ? value : _lags[(k * width) + feature.Lagged];
            if (!_columns.Inputs.Differences || isRestart) continue;
            var change = (double)value - _lags[feature.Lagged];
            lagged[(_columns.Inputs.Lags * width) + feature.Lagged] = (float)Math.Clamp(change, -float.MaxValue, float.MaxValue);
        }

        return isRestart;
    }

    private bool IsLate(long time, bool isProbe)
    {
        if (_columns.Inputs.Lateness is not { } lateness || _newestTime == NoTime) return false;
        if (time >= _newestTime - (lateness.Ticks / TimeSpan.TicksPerMicrosecond))
        {
            if (!isProbe) _lateRun = 0;
            return false;
        }

        if (isProbe || ++_lateRun < LateEscape) return true;
        (_newestTime, _lateRun) = (time, 0);
        return false;
    }

    /// <summary>A late event is counted and leaves no other trace.</summary>
    private void Remember(ReadOnlySpan<float> raw, long time, ReadOnlySpan<float> row, EventFlags flags)
    {
        Tallies = new InputTallies(
            Tallies.Imputed + (flags.HasFlag(EventFlags.Imputed) ? 1 : 0), Tallies.Late + (flags.HasFlag(EventFlags.Late) ? 1 : 0),
            Tallies.Unseen + (flags.HasFlag(EventFlags.UnseenCategory) ? 1 : 0));
        if (flags.HasFlag(EventFlags.Late)) return;
        for (var f = 0; f < raw.Length; f++)
            if (!_isMissing[f]) RememberValue(f, raw[f], time, row);
        if (_columns.HasHistory) RememberLags(row, flags.HasFlag(EventFlags.Restarted));
        (_lastTime, _newestTime) = (time, Math.Max(_newestTime, time));
    }

    private void RememberValue(int f, float raw, long time, ReadOnlySpan<float> row)
    {
        var feature = _columns.Values[f];
        if (_names[f] is { } name) _categories[f]!.Add(name);
        if (feature.Type.Kind == FeatureKind.Counter)
        {
            var isFirst = _counterTimes[f] == NoTime;
            if (isFirst || time > _counterTimes[f]) (_counters[f], _counterTimes[f]) = (raw, time);
            // A first value has no rate yet.
            if (isFirst) return;
        }

        _counts[f] = Math.Min(_counts[f] + 1, MeanMemory);
        for (var i = feature.Start; i < feature.Start + feature.Width; i++)
        {
            _means[i] += (row[i] - _means[i]) / _counts[f];
            _last[i] = row[i];
        }
    }

    private void RememberLags(ReadOnlySpan<float> row, bool isRestart)
    {
        var width = _columns.LaggedWidth;
        for (var k = (_lags.Length / Math.Max(width, 1)) - 1; k > 0 && !isRestart; k--)
            _lags.AsSpan((k - 1) * width, width).CopyTo(_lags.AsSpan(k * width));
        foreach (var feature in _columns.Values)
        {
            if (feature.Lagged < 0) continue;
            for (var at = feature.Lagged; at < (isRestart ? _lags.Length : width); at += width) _lags[at] = row[feature.Start];
        }
    }
}
