using System.Globalization;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.ExtProc;
using Grpc.Net.Client;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Process.Tests.ExtProc;

/// <summary>What bodies cost the process that holds them for Envoy.</summary>
public sealed class HeldBodyTests
{
    private const int Bodies = 16;
    private const int PieceBytes = 64 << 10;

    /// <summary>HELD_BODY_MIB=100 has each body as large; 10 MiB show as well that they are not in memory.</summary>
    private static readonly int Pieces =
        int.Parse(Environment.GetEnvironmentVariable("HELD_BODY_MIB") ?? "10", CultureInfo.InvariantCulture) * (1 << 20) / PieceBytes;

    /// <summary>The bodies are on disk: what they take of memory is what is between Envoy and the file.</summary>
    [Fact]
    public async Task HeldBodies_TakeLessThanOneMiBOfMemoryEach()
    {
        await using var clamd = FakeClamd.OnTcp();
        using var spool = new TempFolder();
        var port = FreePort.Next();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOORS"] = "ext-proc",
            ["EXT_PROC_PORT"] = $"{port}",
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["SPOOL_PATH"] = spool.Path,
            ["ClamProxy__Listen__Address"] = "127.0.0.1",
            ["DOTNET_GCgen0size"] = "400000",
            ["STOP_DELAY"] = "0",
        });
        using var channel = ScriptedEnvoy.Channel($"http://127.0.0.1:{port}");
        for (var number = 0; number < Bodies / 2; number++)
        {
            // The garbage of copying, which .NET keeps room for, is not of one body.
            using var first = await HoldAsync(channel, number);
        }

        var before = proxy.ResidentBytes;
        var held = new List<ScriptedEnvoy>();
        try
        {
            for (var number = 0; number < Bodies; number++)
            {
                held.Add(await HoldAsync(channel, number));
            }

            var each = (proxy.ResidentBytes - before) / Bodies;

            TestContext.Current.TestOutputHelper?.WriteLine($"{each >> 10} KiB for each held body, {before >> 20} MiB before");
            Assert.True(each < 1 << 20, $"{each >> 10} KiB for each held body");
        }
        finally
        {
            held.ForEach(envoy => envoy.Dispose());
        }

        // Envoys that leave are nothing to tell of.
        proxy.Terminate();
        await proxy.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Grpc", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("ExtProc", proxy.Log, StringComparison.Ordinal);
    }

    private static async Task<ScriptedEnvoy> HoldAsync(GrpcChannel channel, int number)
    {
        var envoy = new ScriptedEnvoy(channel, ScriptedEnvoy.Modes(BodySendMode.None, BodySendMode.FullDuplexStreamed));
        await envoy.SayRequestHeadAsync($"http://files.example/{number}");
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        var piece = RandomBody.Of(PieceBytes);
        for (var sent = 0; sent < Pieces; sent++)
        {
            await envoy.SayResponseBodyAsync(piece, isEnd: false);
        }

        return envoy;
    }
}
