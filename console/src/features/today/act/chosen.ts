/** Which card is followed, and what the situation is about: the same for the panel and for the map. */
import type { CardList, FollowedCard, Sheet } from "@/api/shift";

/** A card nobody has begun here yet. */
function unfollowed(cards: CardList | undefined, id: string | undefined): FollowedCard | undefined {
  const card = cards?.items.find((one) => one.card === id);
  return card && { ...card, steps: card.steps.map((step) => ({ ...step, due_at: null, late: false, done: null })) };
}

export function chosenCard(sheet: Sheet, cards: CardList | undefined, asked: string | undefined): FollowedCard | undefined {
  return sheet.cards.find((one) => one.card === asked) ?? unfollowed(cards, asked) ?? sheet.cards[0];
}

export function proposedKind(sheet: Sheet | undefined, card: FollowedCard | undefined): string {
  return sheet?.kinds[0] ?? card?.kinds[0] ?? "";
}
