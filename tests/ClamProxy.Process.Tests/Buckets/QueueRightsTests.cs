using System.Text.Json;
using System.Xml.Linq;
using Amazon.Runtime;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Process.Tests.Objects;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>
/// The rights at queues and topics that docs/configuration/buckets.md lists suffice, and each of them is needed and named where it is
/// missing.
/// </summary>
public sealed class QueueRightsTests(MotoFixture moto) : IClassFixture<MotoFixture>, IAsyncLifetime
{
    private static readonly string[] s_rights =
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:SendMessage", "sns:Publish"];

    private static readonly SqsOptions s_sqs = new() { WaitTime = TimeSpan.FromSeconds(1) };

    private readonly string _name = $"events-{Guid.NewGuid():N}";
    private SqsQueue _queue = null!;
    private SnsTopic _topic = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var owner = BucketRig.OptionsOf(moto.Server);
        using var queues = SqsClients.Open($"{owner.EndpointUrl}/0/q", s_sqs, owner);
        await queues.CreateQueueAsync(_name, Cancelled);
        await AskAsync("sns", new() { ["Action"] = "CreateTopic", ["Name"] = _name });
    }

    public async ValueTask DisposeAsync()
    {
        await moto.Server.LookAtRightsAsync(false);
        _queue?.Dispose();
        _topic?.Dispose();
    }

    public static TheoryData<string> Each => [.. s_rights];

    [Fact]
    public async Task RightsOfTheDocumentation_Suffice()
    {
        await OpenAsync(s_rights);

        await _queue.SendAsync("one", Cancelled);
        var taken = (await _queue.ReceiveAsync(TimeSpan.FromSeconds(30), Cancelled))!;
        await _queue.HideAsync(taken, TimeSpan.FromSeconds(30), Cancelled);
        await _queue.DeleteAsync(taken, Cancelled);
        await _topic.SendAsync("""{"default":"two"}""", Cancelled);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task RightThatIsMissing_IsNamedWithItsQueueOrTopic(string right)
    {
        await OpenAsync(s_rights);
        await _queue.SendAsync("one", Cancelled);
        var taken = (await _queue.ReceiveAsync(TimeSpan.FromSeconds(30), Cancelled))!;
        await OpenAsync(s_rights.Where(one => one != right));

        var refused = await Assert.ThrowsAnyAsync<IOException>(() => right switch
        {
            "sqs:DeleteMessage" => _queue.DeleteAsync(taken, Cancelled),
            "sqs:ChangeMessageVisibility" => _queue.HideAsync(taken, TimeSpan.Zero, Cancelled),
            "sqs:SendMessage" => _queue.SendAsync("two", Cancelled),
            "sns:Publish" => _topic.SendAsync("""{"default":"two"}""", Cancelled),
            _ => _queue.ReceiveAsync(TimeSpan.FromSeconds(30), Cancelled),
        });

        Assert.Contains(right, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_name, refused.Message, StringComparison.Ordinal);
        Assert.Contains(" right ", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Opens queue and topic with the keys of a user who has these rights.</summary>
    private async Task OpenAsync(IEnumerable<string> rights)
    {
        await moto.Server.LookAtRightsAsync(false);
        _queue?.Dispose();
        _topic?.Dispose();
        var user = $"user-{Guid.NewGuid():N}";
        await AskAsync("iam", new() { ["Action"] = "CreateUser", ["UserName"] = user });
        var key = await AskAsync("iam", new() { ["Action"] = "CreateAccessKey", ["UserName"] = user });
        await AskAsync("iam", new()
        {
            ["Action"] = "PutUserPolicy",
            ["UserName"] = user,
            ["PolicyName"] = "rights",
            ["PolicyDocument"] = JsonSerializer.Serialize(new
            {
                Version = "2012-10-17",
                Statement = new[] { new { Effect = "Allow", Action = rights, Resource = "*" } },
            }),
        });
        var s3 = BucketRig.OptionsOf(moto.Server, accessKey: Text(key, "AccessKeyId"), secretKey: Text(key, "SecretAccessKey"));
        var sqs = new SqsOptions { WaitTime = s_sqs.WaitTime, EndpointUrl = s3.EndpointUrl };
        _queue = new SqsQueue(SqsClients.Open(_name, sqs, s3), _name, sqs, TimeProvider.System);
        var arn = TopicArn.Parse($"arn:aws:sns:us-east-1:123456789012:{_name}")!;
        _topic = new SnsTopic(arn, new SnsOptions { EndpointUrl = s3.EndpointUrl }, s3, TimeProvider.System);
        await moto.Server.LookAtRightsAsync(true);
    }

    private async Task<XDocument> AskAsync(string service, Dictionary<string, string> fields)
    {
        var owner = BucketRig.OptionsOf(moto.Server);
        using var http = new HttpClient();
        using var request = await SignedForm.PostAsync(
            new UriBuilder(owner.EndpointUrl).Uri,
            fields,
            new AwsSignature(
                service, "us-east-1", new ImmutableCredentials(owner.AccessKey, owner.SecretKey, null), TimeProvider.System.GetUtcNow()));
        using var answer = await http.SendAsync(request, Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.IsSuccessStatusCode, text);
        return XDocument.Parse(text);
    }

    private static string Text(XDocument answer, string name) => answer.Descendants().First(one => one.Name.LocalName == name).Value;
}
