using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a 64-bit little-endian ELF library and marks one needed symbol version as weak in the copy, so that a loader whose libstdc++
/// lacks that version still accepts the file. Refuses when a relocation uses a symbol of that version: then the version is really needed.
/// Layouts: System V ABI, chapter 4 (ELF), and the Linux Standard Base, "Symbol Versioning" (Elfxx_Verneed, Elfxx_Vernaux).
/// </summary>
public sealed class RelaxSymbolVersion : Task
{
    private const int SectionRelocations = 4;            // SHT_RELA
    private const int SectionVersionNeeds = 0x6ffffffe;  // SHT_GNU_verneed
    private const int SectionSymbolVersions = 0x6fffffff; // SHT_GNU_versym
    private const int RelocationSize = 24;               // sizeof(Elf64_Rela)
    private const int FlagWeak = 2;                      // VER_FLG_WEAK
    private const int HiddenBit = 0x8000;                // of a versym entry

    private byte[] elf = new byte[0];

    /// <summary>The library to read; never changed.</summary>
    [Required]
    public string SourceFile { get; set; }

    /// <summary>The copy to write; replaced by a rename, so that a hard link to the source is broken, not written through.</summary>
    [Required]
    public string DestinationFile { get; set; }

    /// <summary>The version to mark, for example GLIBCXX_3.4.32.</summary>
    [Required]
    public string Version { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        elf = File.ReadAllBytes(SourceFile);
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError("{0} is not a 64-bit little-endian ELF file; cannot relax its need of {1}", SourceFile, Version);
            return false;
        }

        long entry = FindNeed();
        if (entry >= 0)
        {
            if (IsRelocated(U16(entry + 6)))
            {
                Log.LogError("{0} really uses a symbol of version {1}; a system without it cannot run this file", SourceFile, Version);
                return false;
            }

            elf[entry + 4] |= FlagWeak; // vna_flags
        }

        Write();
        Log.LogMessage(MessageImportance.Low, "{0}: {1} {2}", DestinationFile, Version, entry >= 0 ? "marked weak" : "not needed");
        return true;
    }

    // Offset of the Elf64_Vernaux that names the version: other(+6) flags(+4) name(+8) next(+12); -1 if the file does not need it.
    private long FindNeed()
    {
        long section = FindSection(SectionVersionNeeds);
        if (section < 0) return -1;
        long names = (long)U64(Section((int)U32(section + 40)) + 24);
        long need = (long)U64(section + 24);
        for (uint left = U32(section + 44); left > 0; left--)
        {
            long entry = need + U32(need + 8);
            for (int i = U16(need + 2); i > 0; i--)
            {
                if (Name(names + U32(entry + 8)) == Version) return entry;
                entry += U32(entry + 12);
            }

            need += U32(need + 12);
        }

        return -1;
    }

    private bool IsRelocated(int versionIndex)
    {
        long section = FindSection(SectionSymbolVersions);
        if (section < 0) return false;
        long versions = (long)U64(section + 24);
        for (int i = 0; i < U16(60); i++)
        {
            long relocations = Section(i);
            if (U32(relocations + 4) != SectionRelocations) continue;
            long start = (long)U64(relocations + 24);
            for (long at = start; at < start + (long)U64(relocations + 32); at += RelocationSize)
            {
                long symbol = (long)(U64(at + 8) >> 32);
                if (symbol != 0 && (U16(versions + (2 * symbol)) & ~HiddenBit) == versionIndex) return true;
            }
        }

        return false;
    }

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(DestinationFile)));
        string temporary = DestinationFile + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, elf);
        if (File.Exists(DestinationFile)) File.Delete(DestinationFile);
        File.Move(temporary, DestinationFile);
    }

    private long FindSection(uint type)
    {
        for (int i = 0; i < U16(60); i++)
            if (U32(Section(i) + 4) == type) return Section(i);
        return -1;
    }

    private long Section(int index)
    {
        return (long)U64(40) + ((long)index * U16(58));
    }

    private string Name(long at)
    {
        long end = at;
        while (elf[end] != 0) end++;
        return Encoding.ASCII.GetString(elf, (int)at, (int)(end - at));
    }

    private int U16(long at) { return BitConverter.ToUInt16(elf, (int)at); }

    private uint U32(long at) { return BitConverter.ToUInt32(elf, (int)at); }

    private ulong U64(long at) { return BitConverter.ToUInt64(elf, (int)at); }
}
