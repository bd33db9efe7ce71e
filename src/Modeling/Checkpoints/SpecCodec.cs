using System.Collections.Immutable;
using System.IO.Hashing;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Checkpoints;

/// <summary>Byte form and hash of a model's description.</summary>
public static class SpecCodec
{
    /// <summary>Writes a description.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="writer">Receives the values.</param>
    public static void Write(ModelSpec spec, CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(spec.Features);
        writer.Write(spec.EncoderHidden.AsSpan());
        writer.Write(spec.Latent);
        writer.Write(spec.EstimationHidden.AsSpan());
        writer.Write(spec.Components);
        writer.Write(spec.DropoutKeep);
        writer.Write((int)spec.ReconstructionFeatures);
        writer.Write((int)spec.ReconstructionLoss);
        writer.Write(spec.LinearSkip);
        writer.Write(spec.StandardizeLatent);
        writer.Write((int)spec.CovarianceRule);
        writer.Write(spec.CovarianceEpsilon);
        writer.Write(spec.NormEpsilon);
        writer.Write(spec.GradientClip);
        writer.Write(spec.Members.Length);
        foreach (var member in spec.Members)
        {
            writer.Write((int)member.Activation);
            writer.Write((int)member.InputMap);
            writer.Write(member.EnergyWeight);
            writer.Write(member.PenaltyWeight);
            writer.Write(member.PriorStrength);
        }
    }

    /// <summary>Reads a description.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The model, validated.</returns>
    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static ModelSpec Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var spec = new ModelSpec
        {
            Features = reader.ReadInt32(),
            EncoderHidden = [.. reader.ReadInt32s()],
            Latent = reader.ReadInt32(),
            EstimationHidden = [.. reader.ReadInt32s()],
            Components = reader.ReadInt32(),
            DropoutKeep = reader.ReadDouble(),
            ReconstructionFeatures = ReadEnum<ReconstructionFeatures>(reader),
            ReconstructionLoss = ReadEnum<ReconstructionLoss>(reader),
            LinearSkip = reader.ReadBoolean(),
            StandardizeLatent = reader.ReadBoolean(),
            CovarianceRule = ReadEnum<CovarianceRule>(reader),
            CovarianceEpsilon = reader.ReadDouble(),
            NormEpsilon = reader.ReadDouble(),
            GradientClip = reader.ReadDouble(),
            Members = ReadMembers(reader),
        };
        try
        {
            spec.Validate();
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw CheckpointReader.Malformed($"the model's description is impossible: {exception.Message}", exception);
        }

        return spec;
    }

    /// <summary>XxHash3, 64 bits, of the byte form: equal descriptions have equal hashes on every machine.</summary>
    /// <param name="spec">The model.</param>
    /// <returns>The hash.</returns>
    public static ulong Hash(ModelSpec spec)
    {
        var writer = new CheckpointWriter();
        Write(spec, writer);
        return XxHash3.HashToUInt64(writer.ToArray());
    }

    internal static TEnum ReadEnum<TEnum>(CheckpointReader reader)
        where TEnum : struct, Enum
    {
        var value = reader.ReadInt32();
        var result = (TEnum)Enum.ToObject(typeof(TEnum), value);
        return Enum.IsDefined(result) ? result : throw CheckpointReader.Malformed($"{value} is no {typeof(TEnum).Name}");
    }

    private static ImmutableArray<MemberSpec> ReadMembers(CheckpointReader reader)
    {
        var count = reader.ReadInt32();
        const int MemberBytes = (2 * sizeof(int)) + (3 * sizeof(double));
        if (count < 1 || (long)count * MemberBytes > reader.Remaining) throw CheckpointReader.Malformed($"{count} members are impossible");
        var members = ImmutableArray.CreateBuilder<MemberSpec>(count);
        for (var i = 0; i < count; i++)
        {
            members.Add(new MemberSpec
            {
                Activation = ReadEnum<Activation>(reader),
                InputMap = ReadEnum<InputMap>(reader),
                EnergyWeight = reader.ReadDouble(),
                PenaltyWeight = reader.ReadDouble(),
                PriorStrength = reader.ReadDouble(),
            });
        }

        return members.MoveToImmutable();
    }
}
