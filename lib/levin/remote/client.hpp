/// Requests with patience: failures that may pass are tried again, others become errors that name what the user asked
/// for.
#pragma once
#include <functional>
#include <string>

#include "levin/remote/service.hpp"

namespace levin::remote {

/// Every wait and every transfer ends when this asks for it. Set before the first request.
void set_stop(const StopToken& stop);
StopToken stop();

/// While one lives, requests of this thread go on though the run is to stop: what is left to say then is little, and
/// worth it.
class Unstoppable {
  public:
    Unstoppable();
    ~Unstoppable();
    Unstoppable(const Unstoppable&) = delete;
    Unstoppable& operator=(const Unstoppable&) = delete;
};

/// Calls `attempt` until it gives an answer that another try would not change (see retry.hpp). TransientError, naming
/// `shown` and the last failure, when patience ends.
HttpResponse persist(const std::string& shown, const std::function<HttpResponse()>& attempt);

/// Performs `ask`. Hands back what has a meaning for the caller: success, 404, 412 and 416; of every other status it
/// makes an Error that names `shown`. A whole object whose MD5 the server tells is compared with it.
HttpResponse perform(Service& service, const Ask& ask, const std::string& shown);

/// "403 AccessDenied", for messages.
std::string status_text(const Service* service, const HttpResponse& response);

}  // namespace levin::remote
