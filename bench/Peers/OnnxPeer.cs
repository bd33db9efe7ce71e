using DagmmStream.Modeling.Specification;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace DagmmStream.Bench.Peers;

/// <summary>The scoring graph in ONNX Runtime: one thread, all graph optimisations, input and output bound once.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private const int OpSet = 13;
    private readonly InferenceSession _session;
    private readonly Dictionary<int, (OrtIoBinding Binding, float[] Output)> _bindings = [];
    private readonly RunOptions _run = new();
    private readonly ScoreModel _model;

    public OnnxPeer(ScoreModel model)
    {
        _model = model;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(Graph(model).ToByteArray(), options);
    }

    public float[] Score(int rows)
    {
        var (binding, output) = _bindings.TryGetValue(rows, out var known) ? known : _bindings[rows] = Bind(rows);
        _session.RunWithBinding(_run, binding);
        return output;
    }

    /// <summary>As most programs call it: a tensor in, a tensor out.</summary>
    public float[] ScoreUnbound(int rows)
    {
        var d = _model.Spec.Features;
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _model.Scaled.AsMemory(0, rows * d), [rows, d]);
        using var results = _session.Run(_run, ["x"], [input], ["energy"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        foreach (var (binding, _) in _bindings.Values) binding.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private (OrtIoBinding Binding, float[] Output) Bind(int rows)
    {
        var (binding, output, d) = (_session.CreateIoBinding(), new float[rows], _model.Spec.Features);
        binding.BindInput("x", OrtValue.CreateTensorValueFromMemory(_model.Scaled[..(rows * d)], [rows, d]));
        binding.BindOutput("energy", OrtValue.CreateTensorValueFromMemory(output, [rows]));
        return (binding, output);
    }

    private static ModelProto Graph(ScoreModel model)
    {
        var graph = new GraphProto { Name = "dagmm" };
        graph.Input.Add(Value("x", model.Spec.Features));
        graph.Output.Add(Value("energy"));
        var code = Layers(graph, model, model.Layout.Encoder, "x", "enc");
        var output = Layers(graph, model, model.Layout.Decoder, code, "dec");
        var (k, d) = (model.Spec.Components, model.Spec.LatentDimension);
        Constant(graph, "floor", [(float)model.Spec.NormEpsilon], []);
        Constant(graph, "half", [-0.5f], []);
        Constant(graph, "whitening", model.Whitening, [d, k * d]);
        Constant(graph, "offset", model.Offset, [k * d]);
        Constant(graph, "normalizers", model.Normalizers, [k]);
        Constant(graph, "shape", [0, k, d]);
        Constant(graph, "axis1", [1]);
        Add(graph, "Sub", ["x", output], "difference");
        Add(graph, "ReduceL2", ["difference"], "distance", ("axes", 1));
        Add(graph, "ReduceL2", ["x"], "inputNorm", ("axes", 1));
        Add(graph, "ReduceL2", [output], "outputNorm", ("axes", 1));
        Add(graph, "Max", ["inputNorm", "floor"], "inputClamped");
        Add(graph, "Max", ["outputNorm", "floor"], "outputClamped");
        Add(graph, "Div", ["distance", "inputClamped"], "relative");
        Add(graph, "Mul", ["x", output], "products");
        Add(graph, "ReduceSum", ["products", "axis1"], "product");
        Add(graph, "Mul", ["inputClamped", "outputClamped"], "norms");
        Add(graph, "Div", ["product", "norms"], "cosine");
        Add(graph, "Concat", [code, "relative", "cosine"], "z", ("axis", 1));
        Add(graph, "Gemm", ["z", "whitening", "offset"], "whitened");
        Add(graph, "Reshape", ["whitened", "shape"], "byComponent");
        Add(graph, "ReduceSumSquare", ["byComponent"], "squares", ("axes", 2), ("keepdims", 0));
        Add(graph, "Mul", ["squares", "half"], "halves");
        Add(graph, "Add", ["halves", "normalizers"], "joint");
        Add(graph, "ReduceLogSumExp", ["joint"], "logSum", ("axes", 1), ("keepdims", 0));
        Add(graph, "Neg", ["logSum"], "energy");
        var proto = new ModelProto { IrVersion = 7, Graph = graph };
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OpSet });
        return proto;
    }

    private static string Layers(GraphProto graph, ScoreModel model, IReadOnlyList<LayerShape> layers, string input, string name)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var (weight, bias, output) = ($"{name}{i}w", $"{name}{i}b", $"{name}{i}");
            Constant(graph, weight, model.Weight(layers[i]), [layers[i].Outputs, layers[i].Inputs]);
            Constant(graph, bias, model.Bias(layers[i]), [layers[i].Outputs]);
            Add(graph, "Gemm", [input, weight, bias], output, ("transB", 1));
            input = output;
            if (i == layers.Count - 1) break;
            Add(graph, "Tanh", [output], output + "a");
            input = output + "a";
        }

        return input;
    }

    private static void Add(GraphProto graph, string type, string[] inputs, string output, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            if (name == "axes")
            {
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.Add(value);
            }
            else
            {
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                attribute.I = value;
            }

            node.Attribute.Add(attribute);
        }

        graph.Node.Add(node);
    }

    private static void Constant(GraphProto graph, string name, float[] values, long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        tensor.Dims.AddRange(shape);
        tensor.FloatData.AddRange(values);
        graph.Initializer.Add(tensor);
    }

    private static void Constant(GraphProto graph, string name, long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64 };
        tensor.Dims.Add(values.Length);
        tensor.Int64Data.AddRange(values);
        graph.Initializer.Add(tensor);
    }

    private static ValueInfoProto Value(string name, params long[] columns)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "n" });
        foreach (var column in columns) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = column });
        var type = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = type } };
    }
}
