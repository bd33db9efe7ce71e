using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Scoring;

/// <summary>One member's part of a snapshot; immutable.</summary>
public sealed class MemberSnapshot
{
    private readonly double[] _latentMean;
    private readonly double[] _latentDeviation;

    /// <summary>Freezes a member; arrays are copied.</summary>
    /// <param name="mixture">Mixture over standardised z.</param>
    /// <param name="latentMean">Mean of z over the window [D]; zeros if z is not standardised.</param>
    /// <param name="latentDeviation">Deviation of z over the window [D], above 0; ones if z is not standardised.</param>
    /// <param name="energyMedian">Median of the member's energies over the window.</param>
    /// <param name="energyRange">Interquartile range of the member's energies over the window, not below 0.</param>
    public MemberSnapshot(
        Mixture mixture, ReadOnlySpan<double> latentMean, ReadOnlySpan<double> latentDeviation, double energyMedian, double energyRange)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentOutOfRangeException.ThrowIfNotEqual(latentMean.Length, mixture.Dimension, nameof(latentMean));
        ArgumentOutOfRangeException.ThrowIfNotEqual(latentDeviation.Length, mixture.Dimension, nameof(latentDeviation));
        Mixture = mixture;
        (_latentMean, _latentDeviation) = (latentMean.ToArray(), latentDeviation.ToArray());
        (EnergyMedian, EnergyRange) = (energyMedian, energyRange);
    }

    /// <summary>Mixture over standardised z.</summary>
    public Mixture Mixture { get; }

    /// <summary>Mean of z over the window [D].</summary>
    public ReadOnlySpan<double> LatentMean => _latentMean;

    /// <summary>Deviation of z over the window [D].</summary>
    public ReadOnlySpan<double> LatentDeviation => _latentDeviation;

    /// <summary>Median of the member's energies over the window.</summary>
    public double EnergyMedian { get; }

    /// <summary>Interquartile range of the member's energies over the window; scoring uses at least 1e-3.</summary>
    public double EnergyRange { get; }

    internal static MemberSnapshot Read(CheckpointReader reader)
    {
        var mixture = Mixture.Read(reader);
        return new MemberSnapshot(
            mixture, reader.ReadDoubles(mixture.Dimension), reader.ReadDoubles(mixture.Dimension), reader.ReadDouble(),
            reader.ReadDouble());
    }

    internal void Write(CheckpointWriter writer)
    {
        Mixture.Write(writer);
        writer.Write(_latentMean.AsSpan());
        writer.Write(_latentDeviation.AsSpan());
        writer.Write(EnergyMedian);
        writer.Write(EnergyRange);
    }
}
