using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Reconstruction loss and features z_r over columns, and their gradient by the reconstruction x' (Zong et al. 2018, section 3.2;
/// docs/model.md, Stream preset). Sums of a row are in double. Every gradient has the form a (x - x') + b x + c x' with factors per row.
/// </summary>
internal sealed unsafe class ReconstructionPass
{
    private const int Lanes = 8;
    private const int Chains = 4;
    private double* _errors;
    private double* _inputs;
    private double* _outputs;
    private double* _products;
    private float* _errorFactors;
    private float* _inputFactors;
    private float* _outputFactors;
    private ModelSpec _spec = null!;
    private RowShape _rows;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, ModelSpec spec, RowShape rows)
    {
        (_spec, _rows) = (spec, rows);
        _errors = arena.Doubles(rows.Padded);
        _inputs = arena.Doubles(rows.Padded);
        _outputs = arena.Doubles(rows.Padded);
        _products = arena.Doubles(rows.Padded);
        _errorFactors = arena.Floats(rows.Padded);
        _inputFactors = arena.Floats(rows.Padded);
        _outputFactors = arena.Floats(rows.Padded);
    }

    /// <summary>From now on computes other rows, of the same columns and not more.</summary>
    public void Limit(RowShape rows) => _rows = rows;

    /// <summary>The four sums of every row, and the mean loss.</summary>
    /// <param name="x">Mapped input, columns [d, stride].</param>
    /// <param name="reconstructed">x', columns [d, stride].</param>
    /// <returns>Mean over the rows of the squared error, summed or averaged over the features.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Loss(float* x, float* reconstructed)
    {
        Measure(x, reconstructed);
        var sum = 0.0;
        for (var i = 0; i < _rows.Rows; i++) sum += _errors[i];
        return sum * LossScale;
    }

    /// <summary>The four sums of every row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Measure(float* x, float* reconstructed)
    {
        var (d, stride) = (_spec.Features, _rows.Stride);
        for (var row = 0; row < _rows.Padded; row += 2 * Lanes)
        {
            // Chains of every fourth feature, as in SumsOf.
            Chain(x + row, reconstructed + row, d, stride, out var left, out var right);
            for (var chain = 1; chain < Math.Min(Chains, d); chain++)
            {
                var at = row + (chain * stride);
                Chain(x + at, reconstructed + at, d - chain, stride, out var a, out var b);
                (left, right) = (Sum(left, a), Sum(right, b));
            }

            Store(row, left);
            Store(row + Lanes, right);
        }
    }

    /// <summary>The four sums of one row, in all lanes: the same bits as in a column.</summary>
    /// <param name="x">Mapped input [d], padded with zeros to a multiple of four.</param>
    /// <param name="reconstructed">x' [d], padded likewise.</param>
    /// <param name="features">d.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RowSums SumsOf(float* x, float* reconstructed, int features)
    {
        Vector256<double> errors = default, inputs = default, outputs = default, products = default;
        for (var j = 0; j < features; j += Chains)
        {
            var (a, b) = (Widen(x + j), Widen(reconstructed + j));
            var e = a - b;
            errors = Vector256.FusedMultiplyAdd(e, e, errors);
            inputs = Vector256.FusedMultiplyAdd(a, a, inputs);
            outputs = Vector256.FusedMultiplyAdd(b, b, outputs);
            products = Vector256.FusedMultiplyAdd(a, b, products);
        }

        return new RowSums(Combine(errors), Combine(inputs), Combine(outputs), Combine(products));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> Widen(float* values)
    {
        var narrow = Vector128.Load(values);
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }

    private static Vector512<double> Combine(Vector256<double> chains) =>
        Vector512.Create(chains[0] + chains[1] + chains[2] + chains[3]);

    /// <summary>Sums over every fourth feature of twice eight rows: eight running sums hide the latency of a multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chain(float* x, float* reconstructed, int features, int stride, out RowSums left, out RowSums right)
    {
        Vector512<double> errors = default, inputs = default, outputs = default, products = default;
        Vector512<double> errors2 = default, inputs2 = default, outputs2 = default, products2 = default;
        for (var j = 0; j < features; j += Chains, x += Chains * stride, reconstructed += Chains * stride)
        {
            var (a, b) = (WidenEight(x), WidenEight(reconstructed));
            var e = a - b;
            errors = Vector512.FusedMultiplyAdd(e, e, errors);
            inputs = Vector512.FusedMultiplyAdd(a, a, inputs);
            outputs = Vector512.FusedMultiplyAdd(b, b, outputs);
            products = Vector512.FusedMultiplyAdd(a, b, products);
            (a, b) = (WidenEight(x + Lanes), WidenEight(reconstructed + Lanes));
            e = a - b;
            errors2 = Vector512.FusedMultiplyAdd(e, e, errors2);
            inputs2 = Vector512.FusedMultiplyAdd(a, a, inputs2);
            outputs2 = Vector512.FusedMultiplyAdd(b, b, outputs2);
            products2 = Vector512.FusedMultiplyAdd(a, b, products2);
        }

        left = new RowSums(errors, inputs, outputs, products);
        right = new RowSums(errors2, inputs2, outputs2, products2);
    }

    private static RowSums Sum(in RowSums a, in RowSums b) =>
        new(a.Errors + b.Errors, a.Inputs + b.Inputs, a.Outputs + b.Outputs, a.Products + b.Products);

    private void Store(int row, in RowSums sums)
    {
        sums.Errors.Store(_errors + row);
        sums.Inputs.Store(_inputs + row);
        sums.Outputs.Store(_outputs + row);
        sums.Products.Store(_products + row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> WidenEight(float* values)
    {
        var narrow = Vector256.Load(values);
        return Vector512.Create(Vector256.WidenLower(narrow), Vector256.WidenUpper(narrow));
    }

    /// <summary>The features, after <see cref="Loss"/>.</summary>
    /// <param name="first">Receives the distances [rows].</param>
    /// <param name="second">Receives the cosine features [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Features(double* first, double* second)
    {
        for (var i = 0; i < _rows.Padded; i += Lanes)
        {
            var (a, b) = ReconstructionFeatureMath.Features(_spec, Sums(i));
            a.Store(first + i);
            b.Store(second + i);
        }
    }

    /// <summary>Gradient of the objective by x', after <see cref="Loss"/>.</summary>
    /// <param name="x">Mapped input.</param>
    /// <param name="reconstructed">x'.</param>
    /// <param name="first">Gradient of the first feature [rows]; null in pre-training.</param>
    /// <param name="second">Gradient of the second feature [rows].</param>
    /// <param name="gradient">Receives the gradient, columns [d, stride]; 0 in padding rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(float* x, float* reconstructed, double* first, double* second, float* gradient)
    {
        Factors(first, second);
        for (var row = 0; row < _rows.Padded; row += RowShape.Lanes)
        {
            var (a, b, c) = (Vector512.Load(_errorFactors + row), Vector512.Load(_inputFactors + row),
                Vector512.Load(_outputFactors + row));
            for (int j = 0, at = row; j < _spec.Features; j++, at += _rows.Stride)
            {
                var (input, output) = (Vector512.Load(x + at), Vector512.Load(reconstructed + at));
                var rest = Vector512.FusedMultiplyAdd(b, input, c * output);
                Vector512.FusedMultiplyAdd(a, input - output, rest).Store(gradient + at);
            }
        }
    }

    private bool IsLog => _spec.ReconstructionFeatures == Specification.ReconstructionFeatures.Log;

    private double LossScale => 1.0 / _rows.Rows / (_spec.ReconstructionLoss == ReconstructionLoss.Mean ? _spec.Features : 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Factors(double* first, double* second)
    {
        var loss = Vector512.Create(-2 * LossScale);
        for (var i = 0; i < _rows.Padded; i += Lanes)
        {
            var (a, b, c) = first == null ? default
                : IsLog ? LogFactors(i, Vector512.Load(first + i), Vector512.Load(second + i))
                : PaperFactors(i, Vector512.Load(first + i), Vector512.Load(second + i));
            Store(_errorFactors + i, a + loss);
            Store(_inputFactors + i, b);
            Store(_outputFactors + i, c);
        }

        for (var i = _rows.Rows; i < _rows.Padded; i++) _errorFactors[i] = _inputFactors[i] = _outputFactors[i] = 0;
    }

    private RowSums Sums(int i) => new(
        Vector512.Load(_errors + i), Vector512.Load(_inputs + i), Vector512.Load(_outputs + i), Vector512.Load(_products + i));

    /// <summary>Norms have gradient 0 at 0 and where they are clamped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (Vector512<double> A, Vector512<double> B, Vector512<double> C) PaperFactors(
        int i, Vector512<double> first, Vector512<double> second)
    {
        var (distance, outputNorm, floor) = (Root(_errors + i), Root(_outputs + i), Vector512.Create(_spec.NormEpsilon));
        var inputNorm = Vector512.Max(Root(_inputs + i), floor);
        var norms = inputNorm * Vector512.Max(outputNorm, floor);
        var (zero, slope) = (Vector512<double>.Zero, second / norms);
        var a = Vector512.ConditionalSelect(Vector512.Equals(distance, zero), zero, -first / (distance * inputNorm));
        var isFree = Vector512.GreaterThanOrEqual(outputNorm, floor) & Vector512.GreaterThan(outputNorm, zero);
        var c = Vector512.ConditionalSelect(isFree, -slope * Vector512.Load(_products + i) / Vector512.Load(_outputs + i), zero);
        return (a, slope, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (Vector512<double> A, Vector512<double> B, Vector512<double> C) LogFactors(
        int i, Vector512<double> first, Vector512<double> second)
    {
        var (one, floor, root) = (Vector512<double>.One, Vector512.Create(ReconstructionFeatureMath.LogFloor), Math.Sqrt(_spec.Features));
        var distance = Vector512.Sqrt(Vector512.Load(_errors + i) + Vector512.Create(ReconstructionFeatureMath.SquareFloor));
        var a = -first / (((distance / root) + floor) * root * distance);
        var (cosine, norms, output) = ReconstructionFeatureMath.Cosine(_spec, Sums(i));
        // Rounding may lift the cosine above 1, where the feature is flat.
        var slope = -second / (one - cosine + floor);
        slope = Vector512.ConditionalSelect(Vector512.GreaterThan(cosine, one), Vector512<double>.Zero, slope);
        return (a, slope / norms, -slope * cosine / output);
    }

    private static Vector512<double> Root(double* values) => Vector512.Sqrt(Vector512.Load(values));

    private static void Store(float* target, Vector512<double> values) => Vector512.Narrow(values, values).GetLower().Store(target);
}
