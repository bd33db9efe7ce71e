using System.IO.Hashing;
using System.Text;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Grains.Inputs;

/// <summary>The categories that one feature has had: which column stands for which. Bounded.</summary>
internal sealed class CategoryTable
{
    /// <summary>Names beyond the columns that are remembered as seen; further ones always count as unseen.</summary>
    private const int MaxRemembered = 4096;

    private readonly FeatureType _type;
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly int _known;
    private readonly int _own;

    /// <param name="type">The feature.</param>
    /// <param name="isNumbered">
    /// True to give new names the columns that are left in the order in which they appear; false where several partitions learn one model:
    /// each meets them in another order, and a column must mean the same in all, so that new names share what is left by a hash.
    /// </param>
    public CategoryTable(FeatureType type, bool isNumbered)
    {
        _type = type;
        foreach (var name in type.Categories) Add(name);
        _known = _names.Count;
        _own = isNumbered ? type.MaxCategories : _known;
    }

    /// <summary>The column that stands for a name, from 0, and whether it was seen before. Changes nothing.</summary>
    public (int Column, bool IsSeen) Find(string name)
    {
        var isSeen = _places.TryGetValue(name, out var place);
        if (!isSeen) place = _names.Count;
        return (place < _own ? place : Hashed(name), isSeen);
    }

    /// <summary>Remembers a name.</summary>
    public void Add(string name)
    {
        if (_names.Count < Math.Max(_type.MaxCategories, MaxRemembered) && _places.TryAdd(name, _names.Count)) _names.Add(name);
    }

    /// <summary>The name that a column stands for; null for a free or a shared one.</summary>
    public string? NameOf(int column) => column < Math.Min(_names.Count, _own) ? _names[column] : null;

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_names.Count - _known);
        for (var i = _known; i < _names.Count; i++) writer.Write(_names[i]);
    }

    public void Read(CheckpointReader reader)
    {
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++) Add(reader.ReadString());
    }

    private int Hashed(string name)
    {
        var shared = InputColumns.WidthOf(_type) - _own;
        return _own + (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)) % (ulong)shared);
    }
}
