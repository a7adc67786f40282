using System.Diagnostics;

namespace ClamProxy.TestKit.Corpus;

/// <summary>Compressions that .NET does not write, by Python's standard library.</summary>
public static class PythonPackers
{
    public static byte[] Bzip2(byte[] content) => Run("bz2", content);

    public static byte[] Xz(byte[] content) => Run("lzma", content);

    private static byte[] Run(string module, byte[] content)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"import sys,{module}; sys.stdout.buffer.write({module}.compress(sys.stdin.buffer.read()))");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start");
        process.StandardInput.BaseStream.Write(content);
        process.StandardInput.Close();
        using var packed = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(packed);
        process.WaitForExit();
        return process.ExitCode == 0 ? packed.ToArray() : throw new InvalidOperationException($"python3 ended with {process.ExitCode}");
    }
}
