using System.Buffers.Binary;
using System.Diagnostics;

namespace ClamProxy.TestKit.Corpus;

/// <summary>Compressions that .NET does not write, by Python's standard library.</summary>
public static class PythonPackers
{
    public static byte[] Bzip2(byte[] content) => Run("bz2", content);

    public static byte[] Xz(byte[] content) => Run("lzma", content);

    /// <summary>With the filter for ARM in front of LZMA2.</summary>
    public static byte[] XzForArm(byte[] content) => Run("lzma", content, ", filters=[{'id': lzma.FILTER_ARM}, {'id': lzma.FILTER_LZMA2}]");

    /// <summary>
    /// With the filter for ARM64, which Python does not offer: where there is no such program, both leave the bytes as they are.
    /// </summary>
    public static byte[] XzForArm64(byte[] content)
    {
        const int BlockAt = 12;
        const int SumLength = 4;
        var xz = XzForArm(content);
        var header = xz.AsSpan(BlockAt, (xz[BlockAt] + 1) * 4);
        header[2] = 0x0a;
        BinaryPrimitives.WriteUInt32LittleEndian(header[^SumLength..], Checksums.Crc32(header[..^SumLength].ToArray()));
        return xz;
    }

    private static byte[] Run(string module, byte[] content, string more = "")
    {
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"import sys,{module}; sys.stdout.buffer.write({module}.compress(sys.stdin.buffer.read(){more}))");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start");
        process.StandardInput.BaseStream.Write(content);
        process.StandardInput.Close();
        using var packed = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(packed);
        process.WaitForExit();
        return process.ExitCode == 0 ? packed.ToArray() : throw new InvalidOperationException($"python3 ended with {process.ExitCode}");
    }
}
