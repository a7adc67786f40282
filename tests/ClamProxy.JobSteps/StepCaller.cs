using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.JobSteps;

/// <summary>
/// Tells whoever runs the test of each moment, and goes on when it is answered: one connection to a unix socket for each, one line there,
/// one byte back.
/// </summary>
internal static class StepCaller
{
    private static readonly string s_role = Environment.GetEnvironmentVariable("JOB_STEPS_ROLE") ?? "";
    private static readonly string s_socket = Environment.GetEnvironmentVariable("JOB_STEPS_SOCKET") ?? "";

    /// <summary>How much later it is for this process.</summary>
    public static TimeSpan Late { get; } =
        TimeSpan.Parse(Environment.GetEnvironmentVariable("JOB_STEPS_LATE") ?? "0", CultureInfo.InvariantCulture);

    /// <exception cref="IOException">Whoever runs the test is gone.</exception>
    public static async Task TellAsync(string call, string moment, string id, string result)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(s_socket));
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{s_role} {call} {moment} {id} {result}\n"));
        if (await socket.ReceiveAsync(new byte[1]) == 0)
        {
            throw new IOException("the test of jobs has ended");
        }
    }
}
