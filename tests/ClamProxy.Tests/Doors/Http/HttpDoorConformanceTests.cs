namespace ClamProxy.Tests.Doors.Http;

public class HttpDoorConformanceTests : DoorConformance
{
    private const string ProblemType = "urn:clamproxy:problem:";

    private protected override async Task<DoorAnswer> AskAsync(ProxyWorld world, string path, CancellationToken leaving)
    {
        using var request = world.Request(path);
        using var response = await world.Client.SendAsync(request, leaving);
        var reply = await Reply.ReadAsync(response);
        if (reply.Status == 200)
        {
            return new DoorAnswer.Delivered(reply.Body);
        }

        var kind = reply.Problem("type")![ProblemType.Length..];
        return reply.Status == 409 ? new DoorAnswer.Refused(kind) : new DoorAnswer.Failed(kind);
    }
}
