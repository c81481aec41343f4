// zone-guest: process 1 of a paravirtual domain, and what answers in it.
//
//   kernel ──▸ /init: modules, link, NFS root, overlay ──▸ the spec's init, as a child
//                 │  waits for its end; tells the host over the port zones.status
//                 └─▸ zone-guest agent PORT: one for each command of the host, over the ports zones.agent.N
//
//   zone-guest work …: what `zone compare` has done in a domain, and in the same way in a zone and in a process of the host.
//
// It is the whole of a domain's initial root beside the kernel's modules: it is static, needs no shell and no other program,
// and stays in memory when the root is changed below it.
using Zones.Guest;
using Zones.Guest.Work;

return args switch
{
    ["agent", string port] => Agent.Serve(int.Parse(port)),
    ["work", .. string[] words] => WorkProgram.Run(words),
    _ when Environment.ProcessId == 1 => GuestBoot.Run(),
    _ => 2,
};
