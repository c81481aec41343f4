// zone-guest: process 1 of a paravirtual domain, and what answers in it.
//
//   kernel ──▸ /init: modules, link, NFS root, overlay ──▸ the spec's init, as a child
//                 │  waits for its end; tells the host over the port zones.status
//                 └─▸ zone-guest agent PORT: one for each command of the host, over the ports zones.agent.N
//
//   zone-guest work …: what `zone compare` has done in a domain, and in the same way in a zone and in a process of the host.
// An init that has to be process 1 itself, such as systemd, becomes it; what starts the agents is then a child that was there before
// (zone-guest listen), and how the domain ended the host sees from what its kernel did last.
//
// It is the whole of a domain's initial root beside the kernel's modules: it is static, needs no shell and no other program,
// and stays in memory when the root is changed below it.
using Zones.Guest;
using Zones.Guest.Work;

return args switch
{
    ["agent", string port, string shutdownSignal] => Agent.Serve(int.Parse(port), int.Parse(shutdownSignal)),
    ["listen", string begun, string shutdownSignal, string ports] => GuestListener.Run(int.Parse(begun), int.Parse(shutdownSignal), [.. ports.Split(',').Select(int.Parse)]),
    ["work", .. string[] words] => WorkProgram.Run(words),
    _ when Environment.ProcessId == 1 => GuestBoot.Run(),
    _ => 2,
};
