using System.Buffers.Binary;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Checkpoints;

public class CheckpointTests
{
    private static readonly CheckpointHeader Header = new(0x0123456789ABCDEF, 42, 4711);

    [Fact]
    public void Open_AnyValues_ReadsThemBack() => Prop.ForAll<float[], double[], NonNull<string>>((floats, doubles, text) =>
    {
        // A lone surrogate has no UTF-8 form.
        var clean = string.Concat(text.Item.Where(c => !char.IsSurrogate(c)));
        var (writer, inner) = (new CheckpointWriter(), new CheckpointWriter());
        inner.Write(clean);
        writer.Write(floats.AsSpan());
        writer.WriteNested(inner.ToArray());
        writer.Write(doubles.AsSpan());
        writer.Write(true);
        writer.Write(long.MinValue);
        var reader = CheckpointReader.Open(writer.Finish(Header), out var header);
        Assert.Equal(Header, header);
        Assert.Equal(floats.Select(BitConverter.SingleToInt32Bits), reader.ReadSingles().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(clean, reader.ReadNested().ReadString());
        Assert.Equal(doubles.Select(BitConverter.DoubleToInt64Bits), reader.ReadDoubles().Select(BitConverter.DoubleToInt64Bits));
        Assert.True(reader.ReadBoolean());
        Assert.Equal(long.MinValue, reader.ReadInt64());
        reader.End();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Open_AnyOneByteChanged_Throws()
    {
        var bytes = Sample();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in new byte[] { 1, 0x80, 0xFF })
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] ^= flip;
                Assert.Throws<CheckpointException>(() => CheckpointReader.Open(damaged, out _));
            }
        }
    }

    [Fact]
    public void Open_AnyTruncation_Throws()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++)
        {
            var exception = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(bytes.AsMemory(0, length), out _));
            Assert.Equal(CheckpointFailure.Truncated, exception.Failure);
        }
    }

    [Fact]
    public void Open_WrongMagicOrNewerVersion_NamesTheValue()
    {
        var bytes = Sample();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), 7);
        var exception = Assert.Throws<CheckpointException>(() => CheckpointReader.Open(bytes, out _));
        Assert.Equal(CheckpointFailure.NewerVersion, exception.Failure);
        Assert.Contains("7", exception.Message, StringComparison.Ordinal);
        bytes[0] = (byte)'X';
        Assert.Equal(CheckpointFailure.WrongMagic, Assert.Throws<CheckpointException>(() => CheckpointReader.Open(bytes, out _)).Failure);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void ReadDoubles_ImpossibleLength_ThrowsBeforeAllocating(int length)
    {
        var writer = new CheckpointWriter();
        writer.Write(length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CheckpointException>(() => new CheckpointReader(writer.ToArray()).ReadDoubles());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void SpecCodec_EveryPreset_RoundTripsAndHashesDiffer()
    {
        ModelSpec[] specs = [ModelSpec.Stream(7), ModelSpec.Lite(7), ModelSpec.Paper(7), ModelSpec.Stream(8),
            ModelSpec.Paper(120, [60, 30, 10], 1, 4)];
        foreach (var spec in specs)
        {
            var writer = new CheckpointWriter();
            SpecCodec.Write(spec, writer);
            var reader = new CheckpointReader(writer.ToArray());
            Assert.Equal(spec, SpecCodec.Read(reader));
            reader.End();
        }

        Assert.Equal(specs.Length, specs.Select(SpecCodec.Hash).Distinct().Count());
    }

    [Fact]
    public void TrainingStateCodec_State_RoundTripsBitForBit()
    {
        var state = State();
        var writer = new CheckpointWriter();
        TrainingStateCodec.Write(state, writer);
        var copy = TrainingStateCodec.Read(state.Layout, new CheckpointReader(writer.ToArray()));
        Assert.Equal(state.Weights, copy.Weights);
        Assert.Equal(state.FirstMoment, copy.FirstMoment);
        Assert.Equal(state.SecondMoment, copy.SecondMoment);
        Assert.Equal((state.Seed, state.Step, state.Updates), (copy.Seed, copy.Step, copy.Updates));
        var other = new ParameterLayout(ModelSpec.Lite(4));
        Assert.Throws<CheckpointException>(() => TrainingStateCodec.Read(other, new CheckpointReader(writer.ToArray())));
    }

    // The files were written by their versions and are never changed; a newer version reads them too.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Open_GoldenFile_IsStillRead(int version)
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", $"checkpoint-v{version}.bin"));
        var reader = CheckpointReader.Open(bytes, out var header);
        var spec = SpecCodec.Read(reader);
        Assert.Equal(ModelSpec.Lite(3), spec);
        Assert.Equal((version, SpecCodec.Hash(spec), 42L, 4711L), (header.Version, header.SpecHash, header.Step, header.Offset));
        Assert.Equal(version, reader.Version);
        var state = TrainingStateCodec.Read(new ParameterLayout(spec), reader);
        reader.End();
        Assert.Equal(State().Weights, state.Weights);
        if (version == CheckpointHeader.CurrentVersion) Assert.Equal(bytes, Sample());
    }

    private static byte[] Sample()
    {
        var (writer, state) = (new CheckpointWriter(), State());
        SpecCodec.Write(state.Layout.Spec, writer);
        TrainingStateCodec.Write(state, writer);
        return writer.Finish(new CheckpointHeader(SpecCodec.Hash(state.Layout.Spec), 42, 4711));
    }

    private static TrainingState State()
    {
        var state = WeightInitializer.Create(new ParameterLayout(ModelSpec.Lite(3)), 99);
        (state.FirstMoment[0], state.SecondMoment[^1], state.Step, state.Updates) = (0.25f, 0.5f, 42, 41);
        return state;
    }
}
