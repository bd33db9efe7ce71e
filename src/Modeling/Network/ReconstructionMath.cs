namespace DagmmStream.Modeling.Network;

/// <summary>
/// Reconstruction features z_r from the four sums of a row; formulas at <see cref="Specification.ReconstructionFeatures"/>.
/// </summary>
internal static class ReconstructionMath
{
    private const double LogFloor = 1e-3;
    private const double SquareFloor = 1e-8;
    private const double NormShare = 0.01;

    public static (double First, double Second) Paper(double error, double inputs, double outputs, double product, double normEpsilon)
    {
        var (inputNorm, outputNorm) = (Math.Max(Math.Sqrt(inputs), normEpsilon), Math.Max(Math.Sqrt(outputs), normEpsilon));
        return (Math.Sqrt(error) / inputNorm, product / (inputNorm * outputNorm));
    }

    public static (double First, double Second) Log(double error, double inputs, double outputs, double product, int features)
    {
        var floor = (NormShare * features) + SquareFloor;
        var cosine = product / Math.Sqrt((inputs + floor) * (outputs + floor));
        return (
            Math.Log((Math.Sqrt(error + SquareFloor) / Math.Sqrt(features)) + LogFloor),
            Math.Log(1 - Math.Min(cosine, 1) + LogFloor));
    }
}
