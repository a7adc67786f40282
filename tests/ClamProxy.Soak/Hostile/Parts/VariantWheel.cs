using System.Text;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// A Python wheel of which there are many variants of one length, so that parts of one fit into another. Every client can download it, and
/// pip takes it.
/// </summary>
/// <param name="project">Its name, without dashes.</param>
/// <param name="size">The bytes of data in it; the wheel is a little longer.</param>
/// <param name="seed">The same seed makes the same bytes.</param>
internal sealed class VariantWheel(string project, int size, int seed = 1)
{
    /// <summary>Behind the first member's header and name.</summary>
    private const int DataAt = 64;

    public string Project => project;

    public string FileName => $"{project}-1.0-py3-none-any.whl";

    /// <summary>The path of the wheel at its origin.</summary>
    public string Path => $"/packages/{FileName}";

    /// <summary>The path of its page in the index (PEP 503).</summary>
    public string Page => $"/simple/{project}/";

    /// <summary>The index page, whose link is relative.</summary>
    /// <param name="sha256">The hash that the page pins; null for none.</param>
    public byte[] Index(string? sha256 = null) =>
        Encoding.UTF8.GetBytes(
            "<!DOCTYPE html><html><body><a "
                + $"href=\"../..{Path}{(sha256 is null ? "" : $"#sha256={sha256}")}\">{FileName}</a></body></html>");

    public byte[] Clean(int variant = 0) => Build(Data(variant));

    /// <summary>
    /// The clean variant with EICAR in its data, and with no other byte changed: the end of the one fits the beginning of the other.
    /// </summary>
    /// <param name="at">Where in the data EICAR stands.</param>
    public byte[] Infected(int at, int variant = 0)
    {
        var wheel = Clean(variant);
        Eicar.Bytes.CopyTo(wheel, at + DataAt);
        return wheel;
    }

    private byte[] Data(int variant)
    {
        var data = new byte[size];
        new Random((seed * 31) + variant).NextBytes(data);
        // Nothing in it may look like the beginning of something that is scanned twice.
        for (var at = 0; at < data.Length; at++)
        {
            data[at] |= 0x80;
        }

        return data;
    }

    // Stored, not compressed: bytes of the data are bytes of the wheel.
    private byte[] Build(byte[] data)
    {
        var info = $"{project}-1.0.dist-info";
        return new RawZip { Method = 0 }.Build(
            ($"{project}_data.bin", data),
            ($"{project}.py", "VERSION = 1\n"u8.ToArray()),
            ($"{info}/METADATA", Encoding.UTF8.GetBytes($"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n")),
            ($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"u8.ToArray()),
            (
                $"{info}/RECORD",
                Encoding.UTF8.GetBytes($"{project}.py,,\n{project}_data.bin,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")));
    }
}
