using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Grains.Inputs;

/// <content>The byte form of the state (docs/checkpoint-format.md).</content>
internal sealed partial class InputEncoder
{
    /// <summary>The state, to go on with elsewhere.</summary>
    public byte[] ToBytes()
    {
        var writer = new CheckpointWriter();
        writer.Write(_lastTime);
        writer.Write(_newestTime);
        writer.Write(_lateRun);
        writer.Write(Tallies.Imputed);
        writer.Write(Tallies.Late);
        writer.Write(Tallies.Unseen);
        writer.Write(_means.AsSpan());
        writer.Write((ReadOnlySpan<float>)_last);
        writer.Write(_counters.AsSpan());
        writer.Write((ReadOnlySpan<float>)_lags);
        foreach (var count in _counts) writer.Write(count);
        foreach (var time in _counterTimes) writer.Write(time);
        foreach (var table in _categories) table?.Write(writer);
        return writer.ToArray();
    }

    /// <summary>An encoder of the same state, which goes its own way.</summary>
    public InputEncoder Clone() => Of(_columns, ToBytes());

    /// <summary>
    /// An encoder for another stream's model on this stream's events: categories, means and what is put in the place of a missing value
    /// are the model's; times, counters, lags and tallies stay this stream's, so that no event is late, or a jump, because of the other's.
    /// </summary>
    /// <param name="columns">The columns, which both streams have.</param>
    /// <param name="own">This stream's state; empty for a stream that begins.</param>
    /// <param name="model">The state that came with the model; empty for a stream of plain numbers.</param>
    /// <returns>The state of that encoder.</returns>
    public static byte[] TakeOver(InputColumns columns, ReadOnlyMemory<byte> own, ReadOnlyMemory<byte> model)
    {
        if (model.IsEmpty) return own.ToArray();
        var (before, encoder) = (Of(columns, own), Of(columns, model));
        (encoder._lastTime, encoder._newestTime, encoder._lateRun) = (before._lastTime, before._newestTime, before._lateRun);
        encoder.Tallies = before.Tallies;
        before._counters.CopyTo(encoder._counters, 0);
        before._counterTimes.CopyTo(encoder._counterTimes, 0);
        before._lags.CopyTo(encoder._lags, 0);
        for (var f = 0; f < columns.Values.Length; f++)
        {
            var feature = columns.Values[f];
            // A category's last value stands in the column that it had in the old model.
            if (before._counts[f] == 0 || feature.Type.Kind == FeatureKind.Categorical) continue;
            before._last.AsSpan(feature.Start, feature.Width).CopyTo(encoder._last.AsSpan(feature.Start));
        }

        return encoder.ToBytes();
    }

    /// <summary>An encoder that goes on from a state.</summary>
    /// <param name="columns">The columns; those it was written with.</param>
    /// <param name="state">The state; empty for a stream that begins.</param>
    /// <exception cref="CheckpointException">The bytes are of another definition.</exception>
    public static InputEncoder Of(InputColumns columns, ReadOnlyMemory<byte> state)
    {
        var encoder = new InputEncoder(columns);
        if (state.IsEmpty) return encoder;
        var reader = new CheckpointReader(state);
        (encoder._lastTime, encoder._newestTime) = (reader.ReadInt64(), reader.ReadInt64());
        encoder._lateRun = reader.ReadInt32();
        encoder.Tallies = new InputTallies(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        reader.ReadDoubles(encoder._means.Length).CopyTo(encoder._means, 0);
        reader.ReadSingles(encoder._last.Length).CopyTo(encoder._last, 0);
        reader.ReadDoubles(encoder._counters.Length).CopyTo(encoder._counters, 0);
        reader.ReadSingles(encoder._lags.Length).CopyTo(encoder._lags, 0);
        for (var f = 0; f < encoder._counts.Length; f++) encoder._counts[f] = reader.ReadInt64();
        for (var f = 0; f < encoder._counterTimes.Length; f++) encoder._counterTimes[f] = reader.ReadInt64();
        foreach (var table in encoder._categories) table?.Read(reader);
        reader.End();
        return encoder;
    }
}
