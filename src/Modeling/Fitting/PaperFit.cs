using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Fitting;

/// <summary>
/// DAGMM trained as published (Zong et al. 2018): min-max scaling, joint minibatch training by an engine, then one mixture of all training
/// rows in evaluation mode, frozen.
/// </summary>
public static class PaperFit
{
    // Enough to measure how far the latent code has shrunk.
    private const int ScaleRows = 4096;
    // Enough to report component shares while training.
    private const int ShareRows = 1024;

    /// <summary>Trains and freezes a model.</summary>
    /// <param name="engine">Does the training steps.</param>
    /// <param name="rows">Raw features [n, d], row-major, finite.</param>
    /// <param name="count">Rows n, at least 4.</param>
    /// <param name="options">Model and schedule.</param>
    /// <param name="progress">Is told after every epoch.</param>
    /// <param name="cancellationToken">Stops it between steps.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FitFailedException">The frozen model has a value that is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static PaperModel Fit(
        ITrainingEngine engine, ReadOnlySpan<float> rows, int count, PaperFitOptions options, IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var features = options.Spec.Features;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * features, nameof(rows));
        progress?.Report(new FitProgress(FitStage.Preparing, 0, options.Epochs, double.NaN));
        rows = rows[..(count * features)];
        var scaler = FeatureScaler.Of(rows, count, features, PublishOptions.Paper.ScalerKind);
        var scaled = new float[rows.Length];
        for (var at = 0; at < rows.Length; at += features) scaler.Transform(rows.Slice(at, features), scaled.AsSpan(at, features));
        var state = WeightInitializer.Create(new ParameterLayout(options.Spec), options.Seed);
        var before = LatentDeviation(state, scaled);
        var (skipped, repairs) = Train(engine, state, rows, scaled, count, options, progress, cancellationToken);
        var published = SnapshotPublisher.Publish(state.Layout, state.Weights, rows, count, 1, PublishOptions.Paper);
        if (published.Snapshot is not { } snapshot) throw new FitFailedException(published.FailureReason ?? "nothing could be published");
        var diagnosis = new FitDiagnosis
        {
            Shares = [.. snapshot.Members[0].Mixture.LogShares.ToArray().Select(Math.Exp).OrderDescending()],
            LatentScale = LatentDeviation(state, scaled) / Math.Max(before, double.Epsilon),
            EnergyGap = EnergyGap(state, rows, count),
            LatentDimension = options.Spec.LatentDimension,
            SkippedSteps = skipped,
            CholeskyRepairs = repairs + published.CholeskyRepairs,
        };
        progress?.Report(new FitProgress(FitStage.Done, options.Epochs, options.Epochs, double.NaN));
        return new PaperModel(snapshot, diagnosis);
    }

    private static (int Skipped, int Repairs) Train(
        ITrainingEngine engine, TrainingState state, ReadOnlySpan<float> rows, float[] scaled, int count, PaperFitOptions options,
        IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        var features = options.Spec.Features;
        var batch = new float[Math.Min(options.BatchRows, count) * features];
        var order = Enumerable.Range(0, count).ToArray();
        var step = new StepOptions { LearningRate = options.LearningRate };
        var (skipped, repairs) = (0, 0);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var random = FitSeeds.Batch(options.Seed, 0, epoch);
            for (var i = count - 1; i > 0; i--)
            {
                var j = random.NextInt32(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }

            var (objective, terms, steps) = (0.0, default(FitTerms), 0);
            // A last minibatch of one row has no covariance; it waits for the next epoch.
            for (var start = 0; start < count - 1; start += options.BatchRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var size = Math.Min(options.BatchRows, count - start);
                for (var i = 0; i < size; i++)
                    scaled.AsSpan(order[start + i] * features, features).CopyTo(batch.AsSpan(i * features));
                var result = engine.Step(state, batch.AsSpan(0, size * features), size, step);
                (objective, steps, repairs) = (objective + result.Objective, steps + 1, repairs + result.CholeskyRepairs);
                terms = new FitTerms(
                    terms.Reconstruction + result.Reconstruction, terms.Energy + result.Energy, terms.Penalty + result.Penalty);
                if (!result.Applied) skipped++;
            }

            progress?.Report(new FitProgress(FitStage.Training, epoch + 1, options.Epochs, objective / steps)
            {
                Terms = new FitTerms(terms.Reconstruction / steps, terms.Energy / steps, terms.Penalty / steps),
                Shares = Shares(state, rows[..(Math.Min(count, ShareRows) * features)]),
            });
        }

        return (skipped, repairs);
    }

    private static double[]? Shares(TrainingState state, ReadOnlySpan<float> rows)
    {
        var count = rows.Length / state.Layout.Spec.Features;
        var published = SnapshotPublisher.Publish(state.Layout, state.Weights, rows, count, 1, PublishOptions.Paper);
        return published.Snapshot is { } snapshot ? [.. snapshot.Members[0].Mixture.LogShares.ToArray().Select(Math.Exp)] : null;
    }

    private static double LatentDeviation(TrainingState state, float[] scaled)
    {
        var spec = state.Layout.Spec;
        var (network, d) = (new MemberNetwork<float>(state.Layout), spec.LatentDimension);
        var count = Math.Min(ScaleRows, scaled.Length / spec.Features);
        var (z, squares) = (new double[count * d], 0.0);
        for (var i = 0; i < count; i++)
            network.Encode(state.Weights, spec.Members[0], scaled.AsSpan(i * spec.Features, spec.Features), z.AsSpan(i * d, d));
        for (var j = 0; j < spec.Latent; j++)
        {
            var (mean, sum) = (0.0, 0.0);
            for (var i = 0; i < count; i++) mean += z[(i * d) + j] / count;
            for (var i = 0; i < count; i++) sum += Math.Pow(z[(i * d) + j] - mean, 2) / count;
            squares += sum / spec.Latent;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>Mean energy of the odd rows under the mixture of the even rows, minus that of the even rows.</summary>
    private static double EnergyGap(TrainingState state, ReadOnlySpan<float> rows, int count)
    {
        var features = state.Layout.Spec.Features;
        var half = new float[(count + 1) / 2 * features];
        for (var i = 0; i < count; i += 2) rows.Slice(i * features, features).CopyTo(half.AsSpan(i / 2 * features));
        var published = SnapshotPublisher.Publish(state.Layout, state.Weights, half, (count + 1) / 2, 1, PublishOptions.Paper);
        if (published.Snapshot is not { } snapshot) return double.NaN;
        var (scorer, even, odd) = (new EnergyScorer(), 0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var energy = scorer.Score(snapshot, rows.Slice(i * features, features)).Energy;
            if (i % 2 == 0) even += energy / ((count + 1) / 2);
            else odd += energy / (count / 2);
        }

        return odd - even;
    }
}
