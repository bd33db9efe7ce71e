using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>
/// The private working copy that training steps change: weights and Adam moments as flat managed arrays in the order of
/// <see cref="ParameterLayout"/>, and the number of the next step. Not thread-safe; owned by one trainer.
/// </summary>
public sealed class TrainingState
{
    /// <summary>Takes over the arrays of a state.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="weights">Weights [<see cref="ParameterLayout.Length"/>]; not copied.</param>
    /// <param name="firstMoment">Adam's first moment, same length; not copied.</param>
    /// <param name="secondMoment">Adam's second moment, same length; not copied.</param>
    /// <param name="seed">Key of all randomness of the training.</param>
    /// <param name="step">Steps tried so far, skipped ones included.</param>
    /// <param name="updates">Steps applied so far: Adam's t.</param>
    public TrainingState(
        ParameterLayout layout, float[] weights, float[] firstMoment, float[] secondMoment, ulong seed, long step = 0, long updates = 0)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Check(weights, layout, nameof(weights));
        Check(firstMoment, layout, nameof(firstMoment));
        Check(secondMoment, layout, nameof(secondMoment));
        Layout = layout;
        Weights = weights;
        FirstMoment = firstMoment;
        SecondMoment = secondMoment;
        Seed = seed;
        Step = step;
        Updates = updates;
    }

    /// <summary>Layout of the model.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Weights, flat.</summary>
    public float[] Weights { get; }

    /// <summary>Adam's first moment, flat.</summary>
    public float[] FirstMoment { get; }

    /// <summary>Adam's second moment, flat.</summary>
    public float[] SecondMoment { get; }

    /// <summary>Key of all randomness of the training (initial weights, dropout masks).</summary>
    public ulong Seed { get; }

    /// <summary>Number of the next step: steps tried so far, skipped ones included. Dropout masks are keyed by (seed, step).</summary>
    public long Step { get; set; }

    /// <summary>Steps applied so far: Adam's t, for the bias correction.</summary>
    public long Updates { get; set; }

    /// <summary>A copy that shares no array.</summary>
    /// <returns>The copy.</returns>
    public TrainingState Clone() =>
        new(Layout, [.. Weights], [.. FirstMoment], [.. SecondMoment], Seed, Step, Updates);

    private static void Check(float[] values, ParameterLayout layout, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.Length != layout.Length)
            throw new ArgumentException($"{name} has {values.Length} values; the model has {layout.Length} parameters", name);
    }
}
