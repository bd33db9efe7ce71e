using System.Collections.Immutable;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Fitting;

/// <summary>
/// The robust offline fit (docs/model.md): scaling chosen from the data, principal axes with a trained correction, one distance as
/// reconstruction feature, a mixture anchored to k-means-started expectation-maximisation through the estimation network, and members that
/// differ by their seed. A pure function of rows and options.
/// </summary>
public static class OfflineFit
{
    /// <summary>Fits a model.</summary>
    /// <param name="rows">Raw features [n, d], row-major, finite.</param>
    /// <param name="count">Rows n, at least 2.</param>
    /// <param name="features">Features d.</param>
    /// <param name="options">The options; null: <see cref="OfflineFitOptions.Robust"/>.</param>
    /// <param name="progress">Is told after every member.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FitFailedException">A member has a value that is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RobustModel Fit(
        ReadOnlySpan<float> rows, int count, int features, OfflineFitOptions? options = null, IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= OfflineFitOptions.Robust;
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * features, nameof(rows));
        progress?.Report(new FitProgress(FitStage.Preparing, 0, options.Members, double.NaN));
        rows = rows[..(count * features)];
        if (rows.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw new ArgumentException("the rows have a value that is not finite", nameof(rows));
        // Of every row: whether a rare value was drawn into a sample must not decide its column's scale.
        var scaler = FitScaler.Of(rows, count, features, options.HeavyTail);
        var fits = new MemberFit[options.Members];
        var members = ImmutableArray.CreateBuilder<FittedMember>(options.Members);
        for (var m = 0; m < options.Members; m++)
        {
            fits[m] = m > 0 && count <= options.MaximumRows ? fits[0] : Prepare(rows, features, scaler, options, m);
            members.Add(fits[m].Fit(m, cancellationToken)
                ?? throw new FitFailedException($"member {m} has a mixture or an energy that is not finite"));
            progress?.Report(new FitProgress(FitStage.Training, m + 1, options.Members, -members[m].LogLikelihood));
        }

        var published = Enumerable.Range(0, members.Count).MinBy(m => members[m].Bic);
        var diagnosis = Diagnose(fits, fits[published], members[published], cancellationToken);
        progress?.Report(new FitProgress(FitStage.Done, options.Members, options.Members, -members[published].LogLikelihood));
        return new RobustModel(scaler, options.Hidden, members.MoveToImmutable(), published, diagnosis);
    }

    /// <summary>Sample, scale and principal axes of a member: drawn for each member when there are more rows than one uses.</summary>
    private static MemberFit Prepare(ReadOnlySpan<float> rows, int features, FitScaler scaler, OfflineFitOptions options, int member)
    {
        var components = options.ComponentsOf(rows.Length / features);
        var sample = Sample(rows, features, options, member);
        var scaled = new float[sample.Length];
        scaler.Transform(sample, scaled);
        var count = scaled.Length / features;
        return new MemberFit(scaled, count, new PrincipalAxes(scaled, count, features, options.LatentOf(features)), options, components);
    }

    private static FitDiagnosis Diagnose(
        MemberFit[] fits, MemberFit fit, FittedMember member, CancellationToken cancellationToken)
    {
        var distinct = fits.Distinct().ToArray();
        return new FitDiagnosis
        {
            Shares = [.. member.Mixture.LogShares.ToArray().Select(Math.Exp).OrderDescending()],
            LatentScale = fit.LatentScale(member),
            EnergyGap = fit.EnergyGap(member, cancellationToken),
            LatentDimension = member.Mixture.Dimension,
            SkippedSteps = distinct.Sum(one => one.SkippedSteps),
            CholeskyRepairs = distinct.Sum(one => one.CholeskyRepairs),
        };
    }

    private static ReadOnlySpan<float> Sample(ReadOnlySpan<float> rows, int features, OfflineFitOptions options, int member)
    {
        var count = rows.Length / features;
        if (count <= options.MaximumRows) return rows;
        var order = Enumerable.Range(0, count).ToArray();
        var random = FitSeeds.Rows(options.Seed, member);
        var sample = new float[options.MaximumRows * features];
        for (var i = 0; i < options.MaximumRows; i++)
        {
            // The first part of a Fisher-Yates shuffle.
            var j = i + random.NextInt32(order.Length - i);
            (order[i], order[j]) = (order[j], order[i]);
            rows.Slice(order[i] * features, features).CopyTo(sample.AsSpan(i * features));
        }

        return sample;
    }
}
