using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Grains.Decisions;

/// <summary>
/// The labels of a partition. A label judges the events near the labelled one: closer than <see cref="Reach"/> of its distance from the
/// window's mean, in the snapshot's scaled space; the nearest label decides. Beyond that, labels move the alarm rate
/// (<see cref="LabelledLimit"/>).
/// </summary>
internal sealed class Feedback
{
    /// <summary>Radius of a label as a share of its event's distance from the mean.</summary>
    public const double Reach = 0.25;

    private readonly List<LabelledEvent> _labels = [];
    private ModelSnapshot? _snapshot;
    private float[] _scaled = [];
    private float[] _event = [];
    private double[] _reach = [];

    /// <summary>The labels, in the order in which they were given.</summary>
    public IReadOnlyList<LabelledEvent> Labels => _labels;

    /// <summary>Takes over stored labels.</summary>
    public void Load(IEnumerable<LabelledEvent> labels)
    {
        _labels.AddRange(labels);
        _snapshot = null;
    }

    /// <summary>The labels with one more, one changed, or one less; nothing changes here.</summary>
    /// <param name="labelled">The event and its label; a label of the same event is replaced.</param>
    /// <param name="isRemoved">True to take the label away.</param>
    public List<LabelledEvent> With(LabelledEvent labelled, bool isRemoved)
    {
        var labels = _labels.Where(label => label.Offset != labelled.Offset).ToList();
        if (!isRemoved) labels.Add(labelled);
        if (labels.Count > FeedbackState.MaxLabels) labels.RemoveAt(0);
        return labels;
    }

    /// <summary>Uses other labels from now on.</summary>
    public void Replace(List<LabelledEvent> labels)
    {
        _labels.Clear();
        Load(labels);
    }

    /// <summary>The label of the nearest labelled event that reaches to an event; null if none does.</summary>
    public FeedbackLabel? Nearest(ModelSnapshot snapshot, ReadOnlySpan<float> row)
    {
        if (_labels.Count == 0) return null;
        Prepare(snapshot);
        var d = row.Length;
        snapshot.Scaler.Transform(row, _event);
        var (nearest, found) = (double.PositiveInfinity, -1);
        for (var i = 0; i < _labels.Count; i++)
        {
            var label = _scaled.AsSpan(i * d, d);
            var (limit, distance) = (Math.Min(nearest, _reach[i]), 0.0);
            for (var j = 0; j < d && distance <= limit; j++) distance += Square(_event[j] - (double)label[j]);
            // A later label of an equal event wins: it is what was said last.
            if (distance <= limit) (nearest, found) = (distance, i);
        }

        return found < 0 ? null : _labels[found].Label;
    }

    private void Prepare(ModelSnapshot snapshot)
    {
        if (ReferenceEquals(snapshot, _snapshot)) return;
        var d = snapshot.Scaler.Features;
        (_scaled, _event, _reach) = (new float[_labels.Count * d], new float[d], new double[_labels.Count]);
        for (var i = 0; i < _labels.Count; i++)
        {
            var scaled = _scaled.AsSpan(i * d, d);
            snapshot.Scaler.Transform(_labels[i].Row, scaled);
            var length = 0.0;
            foreach (var value in scaled) length += Square(value);
            _reach[i] = Reach * Reach * Math.Max(length, d);
        }

        _snapshot = snapshot;
    }

    private static double Square(double value) => value * value;
}
