using System.Security.Cryptography;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>xz files that scanner and client may read differently.</summary>
public sealed class XzStreamsTests
{
    private const int Patience = 60_000;

    [Fact(Timeout = Patience)]
    public async Task XzCutAnywhere_IsContradictory()
    {
        var xz = PythonPackers.Xz(RandomNumberGenerator.GetBytes(50));
        await InspectorRig.AssertAsync(ArchiveTrouble.None, xz);
        for (var length = 6; length < xz.Length; length++)
        {
            await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, xz[..length]);
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData(0, ArchiveTrouble.None)]
    [InlineData(1, ArchiveTrouble.Contradictory)]
    [InlineData(3, ArchiveTrouble.Contradictory)]
    [InlineData(4, ArchiveTrouble.None)]
    [InlineData(200_000, ArchiveTrouble.None)]
    [InlineData(200_002, ArchiveTrouble.Contradictory)]
    public async Task ZerosBehindAStream_AreFour(int zeros, object trouble)
    {
        var xz = PythonPackers.Xz([1, 2, 3]);
        await InspectorRig.AssertAsync((ArchiveTrouble)trouble, [.. xz, .. new byte[zeros]]);
        await InspectorRig.AssertAsync((ArchiveTrouble)trouble, [.. xz, .. new byte[zeros], .. xz]);
    }

    [Fact(Timeout = Patience)]
    public async Task FilterThatTheScannerDoesNotKnow_IsTooMuchInEveryStream()
    {
        var known = PythonPackers.XzForArm([1, 2, 3]);
        var unknown = PythonPackers.XzForArm64([1, 2, 3]);
        await InspectorRig.AssertAsync(ArchiveTrouble.None, known);
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, unknown);
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, [.. known, .. unknown]);
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, [.. unknown, .. known]);
    }

    [Fact(Timeout = Patience)]
    public async Task AnyByteChanged_EndsInAFinding()
    {
        byte[] xz = [.. PythonPackers.Xz(new byte[2000]), .. PythonPackers.XzForArm([1, 2, 3])];
        foreach (var value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
        {
            for (var at = 0; at < xz.Length; at++)
            {
                var changed = xz.ToArray();
                changed[at] = value;
                await InspectorRig.AtAsync(changed);
            }
        }
    }
}
